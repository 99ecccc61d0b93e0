;; Primes: in a vector, and in a stream without end.

(define (sieve limit)
  (let ((composite (make-vector (+ limit 1) #f)))
    (let loop ((n 2) (count 0))
      (cond ((> n limit) count)
            ((vector-ref composite n) (loop (+ n 1) count))
            (else
             (do ((m (* n n) (+ m n))) ((> m limit)) (vector-set! composite m #t))
             (loop (+ n 1) (+ count 1)))))))

(define (integers n) (cons n (delay (integers (+ n 1)))))
(define (rest stream) (force (cdr stream)))
(define (keep is? stream)
  (if (is? (car stream)) (cons (car stream) (delay (keep is? (rest stream)))) (keep is? (rest stream))))
(define (primes stream)
  (cons (car stream)
        (delay (primes (keep (lambda (n) (not (= 0 (remainder n (car stream))))) (rest stream))))))
(define (item stream n) (if (= n 0) (car stream) (item (rest stream) (- n 1))))

(write (list (sieve 20000) (item (primes (integers 2)) 150)))
(newline)
