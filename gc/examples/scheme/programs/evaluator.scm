;; An evaluator of the language in the language, running a program that makes procedures.

(define (evaluate form env)
  (cond ((symbol? form) (cdr (look-up form env)))
        ((not (pair? form)) form)
        (else
         (case (car form)
           ((quote) (cadr form))
           ((if) (if (evaluate (cadr form) env) (evaluate (caddr form) env) (evaluate (cadddr form) env)))
           ((lambda) (list 'closure (cadr form) (cddr form) env))
           ((let) (evaluate (cons (cons 'lambda (cons (map car (cadr form)) (cddr form))) (map cadr (cadr form))) env))
           ((define) (define! (cadr form) (evaluate (caddr form) env) env))
           (else (call (evaluate (car form) env) (evaluate-all (cdr form) env)))))))

(define (evaluate-all forms env)
  (if (null? forms) '() (cons (evaluate (car forms) env) (evaluate-all (cdr forms) env))))
(define (evaluate-body forms env)
  (if (null? (cdr forms))
      (evaluate (car forms) env)
      (begin (evaluate (car forms) env) (evaluate-body (cdr forms) env))))

(define (call procedure arguments)
  (if (procedure? procedure)
      (apply procedure arguments)
      (evaluate-body (caddr procedure) (cons (map cons (cadr procedure) arguments) (cadddr procedure)))))

(define (look-up name env)
  (if (null? env)
      (error "not defined:" name)
      (let ((found (assq name (car env)))) (or found (look-up name (cdr env))))))
(define (define! name value env)
  (set-car! env (cons (cons name value) (car env)))
  name)

(define global
  (list (list (cons '+ +) (cons '- -) (cons '* *) (cons '< <) (cons '= =)
              (cons 'cons cons) (cons 'car car) (cons 'cdr cdr) (cons 'null? null?))))

(define program
  '((define fib (lambda (n) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))
    (define map (lambda (f items) (if (null? items) '() (cons (f (car items)) (map f (cdr items))))))
    (define compose (lambda (f g) (lambda (x) (f (g x)))))
    (define upto (lambda (a b) (if (= a b) '() (cons a (upto (+ a 1) b)))))
    (map (compose (lambda (n) (* n n)) fib) (upto 0 16))))

(for-each (lambda (form) (write (evaluate form global)) (newline)) program)
