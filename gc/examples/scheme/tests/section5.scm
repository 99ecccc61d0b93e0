;;; 5.2 Import
(import (scheme base) (only (scheme write) display) (srfi 69))
(import (rename (scheme base) (car first-of)))
(first-of '(1 2))
=> 1
(import (prefix (scheme base) b:))
(b:cdr '(1 2))
=> (2)
(import (no such library))
=! there is no library (no such library)
;;; 5.6 Libraries
(define-library (example counter)
  (export next! (rename made-so-far count) with-twice)
  (import (scheme base))
  (begin
    (define n 0)
    (define (made-so-far) n)
    (define (next!) (set! n (+ n 1)) (hidden n))
    (define (hidden n) (list 'number n))
    (define-syntax with-twice
      (syntax-rules () ((_ form) (begin (hidden form) (hidden form)))))))
(import (example counter))
(next!)
(list (next!) (count))
=> ((number 2) 2)
(with-twice (+ 1 2))
=> (number 3)
hidden
=! hidden
(define (hidden n) 'of-the-program)
(list (next!) (with-twice 4))
=> ((number 3) (number 4))
(import (rename (prefix (only (example counter) next! count) counter-) (counter-count how-many)))
(counter-next!)
(list (how-many) (count))
=> (4 4)
(import (except (example counter) count))
(import (only (example counter) hidden))
=! the library does not export this name: hidden
(define-library (example user 2)
  (export answer)
  (import (rename (example counter) (count how-many)))
  (cond-expand ((library (example counter)) (begin (define answer (list 'known (how-many)))))
               (else (begin (define answer 'unknown)))))
(import (example user 2))
answer
=> (known 4)
(cond-expand ((library (example nothing)) 1) ((library (example user 2)) 2))
=> 2
(define-library (example broken) (begin (car 1)))
=! expected a pair
(define-library (example odd) (frobnicate))
=! a library has no such declaration: (frobnicate)
(let () (define-library (example inner)) 1)
=! no place here
;;; 5.3 Variable definitions
(define add3 (lambda (x) (+ x 3)))
(add3 3)
=> 6
(define first car)
(first '(1 2))
=> 1
(let ((x 5))
  (define foo (lambda (y) (bar x y)))
  (define bar (lambda (a b) (+ (* a b) a)))
  (foo (+ x 3)))
=> 45
(define-values (x y) (exact-integer-sqrt 17))
(list x y)
=> (4 1)
(define-values (a . rest) (values 1 2 3))
(list a rest)
=> (1 (2 3))
(define-values all (values 1 2))
all
=> (1 2)
(let () (define-values (x y) (values 1 2)) (+ x y))
=> 3
(define ((curried a) b) (+ a b))
((curried 1) 2)
=> 3
(let () (define a 1) (set! a (+ a 1)) (define b (* a 10)) (list a b))
=> (2 20)
(let () (define (f) (g)) (define x 1) (define (g) x) (f))
=> 1
(let () (define (f) y) (define x (f)) (define y 1) x)
=! a variable has no value yet
(define (car x) 'mine)
(car '(1))
=> mine
(define (use-list) (list 1 2))
(define (list . items) (cons 'mine items))
(use-list)
=> (mine 1 2)
;;; 5.4 Syntax definitions
(let ((x 1) (y 2))
  (define-syntax swap! (syntax-rules () ((swap! a b) (let ((tmp a)) (set! a b) (set! b tmp)))))
  (swap! x y)
  (list x y))
=> (2 1)
(define-syntax my-quote (syntax-rules () ((_ x) 'x)))
(my-quote (a b))
=> (a b)
;;; 5.5 Record-type definitions
(define-record-type <pare> (kons x y) pare? (x kar set-kar!) (y kdr))
(pare? (kons 1 2))
=> #t
(pare? (cons 1 2))
=> #f
(kar (kons 1 2))
=> 1
(kdr (kons 1 2))
=> 2
(let ((k (kons 1 2))) (set-kar! k 3) (kar k))
=> 3
(kar 5)
=! this is no record of the type that is expected
(kons 1)
=! called with 1 argument
(define-record-type point #t point? (x point-x) (y point-y))
(define-record-type thing (make-thing b) thing? (a thing-a set-thing-a!) (b thing-b) (c thing-c))
(let ((t (make-thing 5))) (set-thing-a! t 1) (list (thing-a t) (thing-b t) (thing-c t)))
=> (1 5 #f)
(define-record-type five (make-five a b c d e) five? (a five-a) (b five-b) (c five-c) (d five-d) (e five-e))
(five-e (make-five 1 2 3 4 5))
=> 5
(let ()
  (define-record-type local (make-local v) local? (v local-v))
  (local-v (make-local 9)))
=> 9
(pare? (make-thing 1))
=> #f
(kons 1 2)
=> #<<pare>>
