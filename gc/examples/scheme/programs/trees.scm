;; Trees that come and go beside one that stays: what a generational hypothesis was made of.

(define (make-tree depth)
  (if (= depth 0) '() (cons (make-tree (- depth 1)) (make-tree (- depth 1)))))
(define (nodes tree)
  (if (null? tree) 1 (+ 1 (nodes (car tree)) (nodes (cdr tree)))))

(define long-lived (make-tree 14))
(define (many count depth)
  (let loop ((i 0) (sum 0))
    (if (= i count) sum (loop (+ i 1) (+ sum (nodes (make-tree depth)))))))

(do ((depth 4 (+ depth 4))) ((> depth 12))
  (let ((count (quotient 65536 (expt 2 depth))))
    (write (list depth count (many count depth)))
    (newline)))
(write (nodes long-lived))
(newline)
