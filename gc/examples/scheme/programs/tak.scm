;; Calls and nothing else: Takeuchi's function, in four ways.

(define (tak x y z)
  (if (not (< y x)) z (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))))

;; With numbers as lists.
(define (list-of n) (if (= n 0) '() (cons n (list-of (- n 1)))))
(define (shorter? a b) (and (not (null? b)) (or (null? a) (shorter? (cdr a) (cdr b)))))
(define (takl x y z)
  (if (not (shorter? y x)) z (takl (takl (cdr x) y z) (takl (cdr y) z x) (takl (cdr z) x y))))

;; With a continuation for each return.
(define (ctak x y z)
  (define (inner k x y z)
    (if (not (< y x))
        (k z)
        (call-with-current-continuation
         (lambda (k)
           (inner k
                  (call-with-current-continuation (lambda (k) (inner k (- x 1) y z)))
                  (call-with-current-continuation (lambda (k) (inner k (- y 1) z x)))
                  (call-with-current-continuation (lambda (k) (inner k (- z 1) x y))))))))
  (call-with-current-continuation (lambda (k) (inner k x y z))))

;; In continuation-passing style.
(define (cpstak x y z k)
  (if (not (< y x))
      (k z)
      (cpstak (- x 1) y z
              (lambda (a)
                (cpstak (- y 1) z x
                        (lambda (b)
                          (cpstak (- z 1) x y (lambda (c) (cpstak a b c k)))))))))

(write (list (tak 14 10 3)
             (length (takl (list-of 14) (list-of 10) (list-of 3)))
             (ctak 14 10 3)
             (cpstak 14 10 3 (lambda (z) z))))
(newline)
