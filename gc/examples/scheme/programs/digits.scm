;; Numbers without limit: digits of pi, a factorial, and a large Fibonacci number.

(define (pi-digits count)
  (let loop ((q 1) (r 0) (t 1) (k 1) (n 3) (l 3) (digits '()))
    (cond ((= (length digits) count) (reverse digits))
          ((< (- (+ (* 4 q) r) t) (* n t))
           (loop (* q 10) (* 10 (- r (* n t))) t k
                 (- (quotient (* 10 (+ (* 3 q) r)) t) (* 10 n)) l (cons n digits)))
          (else
           (loop (* q k) (* (+ (* 2 q) r) l) (* t l) (+ k 1)
                 (quotient (+ (* q (+ (* 7 k) 2)) (* r l)) (* t l)) (+ l 2) digits)))))
(define (factorial n) (if (= n 0) 1 (* n (factorial (- n 1)))))
(define (digit-sum n) (if (= n 0) 0 (+ (remainder n 10) (digit-sum (quotient n 10)))))
(define (fibonacci n)
  (let loop ((a 0) (b 1) (n n)) (if (= n 0) a (loop b (+ a b) (- n 1)))))

(for-each display (pi-digits 60))
(newline)
(write (list (digit-sum (factorial 200)) (remainder (fibonacci 1000) 1000000007) (/ (factorial 20) (factorial 22))))
(newline)
