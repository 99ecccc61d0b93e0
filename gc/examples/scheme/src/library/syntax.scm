;; Forms that are macros.

(define-syntax case
  (syntax-rules (else =>)
    ((case (key ...) clauses ...)
     (let ((atom-key (key ...))) (case atom-key clauses ...)))
    ((case key (else => result)) (result key))
    ((case key (else result1 result2 ...)) (begin result1 result2 ...))
    ((case key ((atoms ...) => result)) (if (memv key '(atoms ...)) (result key)))
    ((case key ((atoms ...) => result) clause clauses ...)
     (if (memv key '(atoms ...)) (result key) (case key clause clauses ...)))
    ((case key ((atoms ...) result1 result2 ...))
     (if (memv key '(atoms ...)) (begin result1 result2 ...)))
    ((case key ((atoms ...) result1 result2 ...) clause clauses ...)
     (if (memv key '(atoms ...)) (begin result1 result2 ...) (case key clause clauses ...)))))

(define-syntax do
  (syntax-rules ()
    ((do ((var init step ...) ...) (test expr ...) command ...)
     (let loop ((var init) ...)
       (if test
           (begin (if #f #f) expr ...)
           (begin command ... (loop (do "step" var step ...) ...)))))
    ((do "step" x) x)
    ((do "step" x y) y)))

(define-syntax delay-force
  (syntax-rules () ((delay-force expression) (%promise #f (lambda () expression)))))

(define-syntax make-lazy
  (syntax-rules () ((make-lazy expression) (delay-force expression))))

(define-syntax delay
  (syntax-rules () ((delay expression) (delay-force (%promise #t expression)))))

(define-syntax cons-stream
  (syntax-rules () ((cons-stream a b) (cons a (delay b)))))

(define-syntax case-lambda
  (syntax-rules ()
    ((case-lambda (formals body ...) ...) (%case-lambda (lambda formals body ...) ...))))

(define-syntax parameterize
  (syntax-rules ()
    ((parameterize ((parameter value) ...) body ...)
     (%with-parameters (list parameter ...) (list value ...) (lambda () body ...)))))

(define-syntax let-values
  (syntax-rules ()
    ((let-values (binding ...) body0 body1 ...)
     (let-values "bind" (binding ...) () (begin body0 body1 ...)))
    ((let-values "bind" () tmps body) (let tmps body))
    ((let-values "bind" ((b0 e0) binding ...) tmps body)
     (let-values "mktmp" b0 e0 () (binding ...) tmps body))
    ((let-values "mktmp" () e0 args bindings tmps body)
     (call-with-values (lambda () e0)
                       (lambda args (let-values "bind" bindings tmps body))))
    ((let-values "mktmp" (a . b) e0 (arg ...) bindings (tmp ...) body)
     (let-values "mktmp" b e0 (arg ... x) bindings (tmp ... (a x)) body))
    ((let-values "mktmp" a e0 (arg ...) bindings (tmp ...) body)
     (call-with-values (lambda () e0)
                       (lambda (arg ... . x) (let-values "bind" bindings (tmp ... (a x)) body))))))

(define-syntax let*-values
  (syntax-rules ()
    ((let*-values () body0 body1 ...) (let () body0 body1 ...))
    ((let*-values (binding0 binding1 ...) body0 body1 ...)
     (let-values (binding0) (let*-values (binding1 ...) body0 body1 ...)))))

(define-syntax receive
  (syntax-rules ()
    ((receive formals expression body ...)
     (call-with-values (lambda () expression) (lambda formals body ...)))))

(define-syntax define-values
  (syntax-rules ()
    ((define-values () expr)
     (define dummy (call-with-values (lambda () expr) (lambda args #f))))
    ((define-values (var) expr) (define var expr))
    ((define-values (var0 var1 ... varn) expr)
     (begin
       (define var0 (call-with-values (lambda () expr) list))
       (define var1 (let ((v (cadr var0))) (set-cdr! var0 (cddr var0)) v)) ...
       (define varn (let ((v (cadr var0))) (set! var0 (car var0)) v))))
    ((define-values (var0 var1 ... . varn) expr)
     (begin
       (define var0 (call-with-values (lambda () expr) list))
       (define var1 (let ((v (cadr var0))) (set-cdr! var0 (cddr var0)) v)) ...
       (define varn (let ((v (cdr var0))) (set! var0 (car var0)) v))))
    ((define-values var expr)
     (define var (call-with-values (lambda () expr) list)))))

(define-syntax guard
  (syntax-rules ()
    ((guard (var clause ...) e1 e2 ...)
     ((call/cc
       (lambda (guard-k)
         (with-exception-handler
          (lambda (condition)
            ((call/cc
              (lambda (handler-k)
                (guard-k
                 (lambda ()
                   (let ((var condition))
                     (guard-aux (handler-k (lambda () (raise-continuable condition))) clause ...))))))))
          (lambda ()
            (let ((result (let () e1 e2 ...)))
              (guard-k (lambda () result)))))))))))

(define-syntax guard-aux
  (syntax-rules (else =>)
    ((guard-aux reraise (else result1 result2 ...)) (begin result1 result2 ...))
    ((guard-aux reraise (test => result))
     (let ((temp test)) (if temp (result temp) reraise)))
    ((guard-aux reraise (test => result) clause1 clause2 ...)
     (let ((temp test)) (if temp (result temp) (guard-aux reraise clause1 clause2 ...))))
    ((guard-aux reraise (test)) (or test reraise))
    ((guard-aux reraise (test) clause1 clause2 ...)
     (let ((temp test)) (if temp temp (guard-aux reraise clause1 clause2 ...))))
    ((guard-aux reraise (test result1 result2 ...))
     (if test (begin result1 result2 ...) reraise))
    ((guard-aux reraise (test result1 result2 ...) clause1 clause2 ...)
     (if test (begin result1 result2 ...) (guard-aux reraise clause1 clause2 ...)))))

(define-syntax future
  (syntax-rules () ((future expression ...) (%future (lambda () expression ...)))))

(define-syntax assert
  (syntax-rules () ((assert expression) (if expression #t (error "this is not so:" 'expression)))))
