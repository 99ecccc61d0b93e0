;;; 4.1.1 Variable references
(define x 28)
x
=> 28
undefined-name
=! this variable is not defined: undefined-name
;;; 4.1.2 Literal expressions
(quote a)
=> a
(quote #(a b c))
=> #(a b c)
(quote (+ 1 2))
=> (+ 1 2)
'a
=> a
'#(a b c)
=> #(a b c)
'()
=> ()
'(+ 1 2)
=> (+ 1 2)
'(quote a)
=> 'a
''a
=> 'a
'"abc"
=> "abc"
"abc"
=> "abc"
'145932
=> 145932
145932
=> 145932
'#t
=> #t
#t
=> #t
'#u8(64 65)
=> #u8(64 65)
#\a
=> #\a
;;; 4.1.3 Procedure calls
(+ 3 4)
=> 7
((if #f + *) 3 4)
=> 12
(1 2)
=! this is no procedure: 1
(car)
=! called with 0 arguments
((lambda (x) x))
=! called with 0 arguments
((lambda (x) x) 1 2)
=! called with 2 arguments
;;; 4.1.4 Procedures
((lambda (x) (+ x x)) 4)
=> 8
(define reverse-subtract (lambda (x y) (- y x)))
(reverse-subtract 7 10)
=> 3
(define add4 (let ((x 4)) (lambda (y) (+ x y))))
(add4 6)
=> 10
((lambda x x) 3 4 5 6)
=> (3 4 5 6)
((lambda (x y . z) z) 3 4 5 6)
=> (5 6)
((lambda (x y . z) z) 3 4)
=> ()
(lambda (x x) x)
=! parameters are names that differ
;;; 4.1.5 Conditionals
(if (> 3 2) 'yes 'no)
=> yes
(if (> 2 3) 'yes 'no)
=> no
(if (> 3 2) (- 3 2) (+ 3 2))
=> 1
(if '() 1 2)
=> 1
(map (lambda (a x) (if (if a (car x) (null? x)) 'yes 'no)) '(#t #t #f #f) '((#f) (1) (1) ()))
=> (no yes no yes)
(map (lambda (a x) (if (if a (car x) (null? (cdr x))) 'yes 'no)) '(#t #t #f #f) '((#f) (1) (1 2) (1)))
=> (no yes no yes)
(map (lambda (a x y) (if (if a (cdr x) (eq? y (car x))) 'yes 'no)) '(#t #t #f #f) '((1 . #f) (1 . 2) (a) (b)) '(a a a a))
=> (no yes yes no)
(map (lambda (a x) (list (if a a (car x)))) '(1 #f) '((2) (3)))
=> ((1) (3))
(if)
=! this form has another shape
;;; 4.1.6 Assignments
(define x 2)
(+ x 1)
=> 3
(set! x 4)
(+ x 1)
=> 5
(set! never-defined 1)
=! this variable is not defined: never-defined
(define (counter)
  (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define c (counter))
(c) (c)
(list (c) ((counter)))
=> (3 1)
;;; 4.2.1 Conditionals
(cond ((> 3 2) 'greater) ((< 3 2) 'less))
=> greater
(cond ((> 3 3) 'greater) ((< 3 3) 'less) (else 'equal))
=> equal
(cond ((assv 'b '((a 1) (b 2))) => cadr) (else #f))
=> 2
(cond (#f 1) (2))
=> 2
(case (* 2 3) ((2 3 5 7) 'prime) ((1 4 6 8 9) 'composite))
=> composite
(case (car '(c d)) ((a e i o u) 'vowel) ((w y) 'semivowel) (else => (lambda (x) x)))
=> c
(case 5 ((1 2 3) => list) ((4 5) => (lambda (x) (* x x))) (else 0))
=> 25
(and (= 2 2) (> 2 1))
=> #t
(and (= 2 2) (< 2 1))
=> #f
(and 1 2 'c '(f g))
=> (f g)
(and)
=> #t
(or (= 2 2) (> 2 1))
=> #t
(or (= 2 2) (< 2 1))
=> #t
(or #f #f #f)
=> #f
(or)
=> #f
(or (memq 'b '(a b c)) (/ 3 0))
=> (b c)
(when (> 1 0) 1 2)
=> 2
(unless (> 1 0) 1 2)
(unless #f 'done)
=> done
(cond-expand (full-unicode 'yes) (else 'no))
=> yes
(cond-expand ((and r7rs (not no-such-thing)) 1) (else 2))
=> 1
(cond-expand ((library (scheme base)) 1) (else 2))
=> 1
(cond-expand ((library (no such)) 1) (else 2))
=> 2
;;; 4.2.2 Binding constructs
(let ((x 2) (y 3)) (* x y))
=> 6
(let ((x 2) (y 3)) (let ((x 7) (z (+ x y))) (* z x)))
=> 35
(let ((x 2) (y 3)) (let* ((x 7) (z (+ x y))) (* z x)))
=> 70
(letrec ((even? (lambda (n) (if (zero? n) #t (odd? (- n 1)))))
         (odd? (lambda (n) (if (zero? n) #f (even? (- n 1))))))
  (even? 88))
=> #t
(letrec* ((p (lambda (x) (+ 1 (q (- x 1)))))
          (q (lambda (y) (if (zero? y) 0 (+ 1 (p (- y 1))))))
          (x (p 5))
          (y x))
  y)
=> 5
(letrec ((a (lambda () b)) (b 1)) (a))
=> 1
(letrec ((a b) (b 1)) a)
=! a variable has no value yet
(let-values (((root rem) (exact-integer-sqrt 32))) (* root rem))
=> 35
(let ((a 'a) (b 'b) (x 'x) (y 'y))
  (let*-values (((a b) (values x y)) ((x y) (values a b)))
    (list a b x y)))
=> (x y x y)
(let-values (((a b . c) (values 1 2 3 4)) (d (values 5 6))) (list a b c d))
=> (1 2 (3 4) (5 6))
(let ((x 1)) (define x 2) (define y x) (+ x y))
=> 4
(let* () 5)
=> 5
(let ((x 1) (x 2)) x)
=! this form has another shape
;;; 4.2.3 Sequencing
(define x 0)
(and (= x 0) (begin (set! x 5) (+ x 1)))
=> 6
(begin 1 2 3)
=> 3
;;; 4.2.4 Iteration
(do ((vec (make-vector 5)) (i 0 (+ i 1))) ((= i 5) vec) (vector-set! vec i i))
=> #(0 1 2 3 4)
(let ((x '(1 3 5 7 9))) (do ((x x (cdr x)) (sum 0 (+ sum (car x)))) ((null? x) sum)))
=> 25
(let loop ((numbers '(3 -2 1 6 -5)) (nonneg '()) (neg '()))
  (cond ((null? numbers) (list nonneg neg))
        ((>= (car numbers) 0) (loop (cdr numbers) (cons (car numbers) nonneg) neg))
        ((< (car numbers) 0) (loop (cdr numbers) nonneg (cons (car numbers) neg)))))
=> ((6 1 3) (-5 -2))
(let loop ((i 0)) (if (< i 1000000) (loop (+ i 1)) i))
=> 1000000
(define fs (let loop ((i 0) (fs '())) (if (= i 3) fs (loop (+ i 1) (cons (lambda () i) fs)))))
(map (lambda (f) (f)) fs)
=> (2 1 0)
(define gs (let loop ((i 0) (fs '())) (if (= i 3) fs (loop (+ i 1) (cons (lambda () (set! i (+ i 10)) i) fs)))))
(list ((car gs)) ((car gs)) ((cadr gs)))
=> (12 22 11)
(let loop ((i 0)) (cond ((= i 10) 'done) ((odd? i) (let inner ((j 0)) (if (= j 3) (loop (+ i 1)) (inner (+ j 1))))) (else (loop (+ i 1)))))
=> done
(+ 1 (let loop ((i 0)) (if (= i 5) i (loop (+ i 1)))))
=> 6
(let loop ((i 0)) (if (< i 3) (begin (set! loop (lambda (i) (list 'other i))) (loop i)) i))
=> (other 0)
(let loop ((i 0) (j 1)) (if (= i 2) j (loop (+ i 1))))
=! called with 1 argument
;;; 4.2.5 Delayed evaluation
(force (delay (+ 1 2)))
=> 3
(let ((p (delay (+ 1 2)))) (list (force p) (force p)))
=> (3 3)
(define integers (letrec ((next (lambda (n) (delay (cons n (next (+ n 1))))))) (next 0)))
(define (head stream) (car (force stream)))
(define (tail stream) (cdr (force stream)))
(head (tail (tail integers)))
=> 2
(define (stream-filter p? s)
  (delay-force
   (if (null? (force s))
       (delay '())
       (let ((h (car (force s))) (t (cdr (force s))))
         (if (p? h) (delay (cons h (stream-filter p? t))) (stream-filter p? t))))))
(head (tail (tail (stream-filter odd? integers))))
=> 5
(define count 0)
(define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
(define x 5)
(force p)
=> 6
(begin (set! x 10) (force p))
=> 6
(define (loop n) (if (= n 0) (delay 'end) (delay-force (loop (- n 1)))))
(force (loop 100000))
=> end
(promise? (delay 1))
=> #t
(promise? 1)
=> #f
(force (make-promise 5))
=> 5
(force 7)
=> 7
(define r (delay (begin (set! n (+ n 1)) n)))
(define n 0)
(force r) (force r)
=> 1
;;; 4.2.6 Dynamic bindings
(define radix (make-parameter 10 (lambda (x) (if (and (exact-integer? x) (<= 2 x 16)) x (error "invalid radix")))))
(define (f n) (number->string n (radix)))
(f 12)
=> "12"
(parameterize ((radix 2)) (f 12))
=> "1100"
(f 12)
=> "12"
(parameterize ((radix 0)) (f 12))
=! invalid radix
(define a (make-parameter 1))
(define k #f)
(parameterize ((a 2)) (list (a) (parameterize ((a 3)) (a)) (a)))
=> (2 3 2)
;;; 4.2.7 Exception handling
(guard (condition ((assq 'a condition) => cdr) ((assq 'b condition))) (raise (list (cons 'a 42))))
=> 42
(guard (condition ((assq 'a condition) => cdr) ((assq 'b condition))) (raise (list (cons 'b 23))))
=> (b . 23)
(guard (e (#f 'never)) (raise 'unhandled))
=! uncaught: unhandled
(guard (e ((symbol? e) (list 'inner e))) (guard (e ((string? e) 'wrong)) (raise 'outer)))
=> (inner outer)
(guard (e (else 'caught)) (car 5))
=> caught
(guard (e (else (error-object-message e))) (car 5))
=> "expected a pair, but got"
(guard (e ((string? e) 'string) (else 'other)) (+ 1 (raise "a")))
=> string
(let ((path '()))
  (guard (e (else (reverse (cons e path))))
    (dynamic-wind (lambda () (set! path (cons 'in path)))
                  (lambda () (raise 'oops))
                  (lambda () (set! path (cons 'out path))))))
=> (in out oops)
;;; 4.2.8 Quasiquotation
`(list ,(+ 1 2) 4)
=> (list 3 4)
(let ((name 'a)) `(list ,name ',name))
=> (list a 'a)
`(a ,(+ 1 2) ,@(map abs '(4 -5 6)) b)
=> (a 3 4 5 6 b)
`((foo ,(- 10 3)) ,@(cdr '(c)) . ,(car '(cons)))
=> ((foo 7) . cons)
`#(10 5 ,(sqrt 4) ,@(map sqrt '(16 9)) 8)
=> #(10 5 2 4 3 8)
(let ((foo '(foo bar)) (@baz 'baz)) `(list ,@foo , @baz))
=> (list foo bar baz)
`(a `(b ,(c ,(+ 1 2))))
=> (a `(b ,(c 3)))
`(a `(b ,(foo ,(+ 1 3) d) e) f)
=> (a `(b ,(foo 4 d) e) f)
(let ((name1 'x) (name2 'y)) `(a `(b ,,name1 ,',name2 d) e))
=> (a `(b ,x ,'y d) e)
(let ((a 3)) `((1 2) ,a ,4 ,'five 6))
=> ((1 2) 3 4 five 6)
`(1 . ,(+ 1 1))
=> (1 . 2)
`,@(list 1 2)
=! has no place here
;;; 4.2.9 Case-lambda
(define range
  (case-lambda
    ((e) (range 0 e))
    ((b e) (do ((r '() (cons e r)) (e (- e 1) (- e 1))) ((< e b) r)))))
(range 3)
=> (0 1 2)
(range 3 5)
=> (3 4)
(range 1 2 3)
=! called with 3 arguments
(define f (case-lambda ((a) 'one) ((a . rest) (list 'more rest))))
(list (f 1) (f 1 2 3))
=> (one (more (2 3)))
;;; 4.3.1 Local macros
(let-syntax ((given-that (syntax-rules () ((_ test stmt1 stmt2 ...) (if test (begin stmt1 stmt2 ...))))))
  (let ((if #t)) (given-that if (set! if 'now)) if))
=> now
(let ((x 'outer)) (let-syntax ((m (syntax-rules () ((m) x)))) (let ((x 'inner)) (m))))
=> outer
(letrec-syntax ((my-or (syntax-rules () ((my-or) #f) ((my-or e) e) ((my-or e1 e2 ...) (let ((temp e1)) (if temp temp (my-or e2 ...)))))))
  (let ((x #f) (y 7) (temp 8) (let odd?) (if even?)) (my-or x (let temp) (if y) y)))
=> 7
;;; 4.3.2 Pattern language
(define-syntax be-like-begin
  (syntax-rules () ((be-like-begin name) (define-syntax name (syntax-rules () ((name expr (... ...)) (begin expr (... ...))))))))
(be-like-begin sequence)
(sequence 1 2 3 4)
=> 4
(let ((=> #f)) (cond (#t => 'ok)))
=> ok
(define-syntax swap! (syntax-rules () ((_ a b) (let ((tmp a)) (set! a b) (set! b tmp)))))
(let ((tmp 1) (other 2)) (swap! tmp other) (list tmp other))
=> (2 1)
(define-syntax my-let* (syntax-rules () ((_ () body ...) (let () body ...)) ((_ ((x v) rest ...) body ...) (let ((x v)) (my-let* (rest ...) body ...)))))
(my-let* ((a 1) (b (+ a 1)) (c (* b 2))) (list a b c))
=> (1 2 4)
(define-syntax nested (syntax-rules () ((_ (a b ...) ...) '((b ... a) ...))))
(nested (1 2 3) (4) (5 6))
=> ((2 3 1) (4) (6 5))
(define-syntax flat (syntax-rules () ((_ (a ...) ...) '(a ... ...))))
(flat (1 2) () (3))
=> (1 2 3)
(define-syntax tail (syntax-rules () ((_ a ... y z) '(z y (a ...)))))
(tail 1 2 3 4)
=> (4 3 (1 2))
(define-syntax vec (syntax-rules () ((_ #(a ...)) (list a ...))))
(vec #(1 2 3))
=> (1 2 3)
(define-syntax dotted (syntax-rules () ((_ a . b) '(a b))))
(dotted 1 2 3)
=> (1 (2 3))
(define-syntax own (syntax-rules ::: () ((_ a :::) '(a ::: ...))))
(own 1 2)
=> (1 2 ...)
(define-syntax with-literal (syntax-rules (to) ((_ a to b) 'literal) ((_ a b c) 'other)))
(list (with-literal 1 to 2) (with-literal 1 at 2))
=> (literal other)
(let ((to 1)) (with-literal 1 to 2))
=> other
(define-syntax while (syntax-rules () ((_ c b ...) (let loop () (when c b ... (loop))))))
(let ((i 0) (loop 'mine)) (while (< i 3) (set! i (+ i 1))) (list i loop))
=> (3 mine)
(define-syntax underscore (syntax-rules () ((_ _ x) 'x)))
(underscore 1 2)
=> 2
(define-syntax my-if (syntax-rules () ((_ a b c) (cond (a b) (else c)))))
(let ((else #f)) (my-if #f 1 2))
=> 2
(define-syntax defs (syntax-rules () ((_ (n v) ...) (begin (define n v) ...))))
(defs (aa 1) (bb 2))
(+ aa bb)
=> 3
(let () (defs (p 1) (q 2)) (list p q))
=> (1 2)
(define-syntax m1 (syntax-rules () ((_ x) (let ((a 1)) (m2 x a)))))
(define-syntax m2 (syntax-rules () ((_ x y) (let ((a 2)) (list x y a)))))
(let ((a 0)) (m1 a))
=> (0 1 2)
(swap! 1)
=! this form has another shape
;;; 4.3.3 Signalling errors
(define-syntax simple-let
  (syntax-rules ()
    ((_ (head ... ((x . y) val) . tail) body1 body2 ...) (syntax-error "expected an identifier but got" (x . y)))
    ((_ ((name val) ...) body1 body2 ...) ((lambda (name ...) body1 body2 ...) val ...))))
(simple-let ((a 1)) a)
=> 1
(simple-let (((a b) 1)) a)
=! expected an identifier but got (a b)
