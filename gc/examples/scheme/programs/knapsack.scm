;; The dearest load, by a table and by closures that remember.

(define (memoize f)
  (let ((known (make-hash-table)))
    (lambda arguments
      (hash-table-ref known arguments
                      (lambda ()
                        (let ((value (apply f arguments)))
                          (hash-table-set! known arguments value)
                          value))))))

(define weights #(12 2 1 4 1 7 9 3 5 6))
(define prices #(4 2 1 10 2 8 9 5 4 7))
(define best
  (memoize (lambda (item room)
             (if (= item (vector-length weights))
                 0
                 (let ((without (best (+ item 1) room))
                       (weight (vector-ref weights item)))
                   (if (> weight room)
                       without
                       (max without (+ (vector-ref prices item) (best (+ item 1) (- room weight))))))))))

(define (by-table room)
  (let ((table (make-vector (+ room 1) 0)))
    (do ((item 0 (+ item 1))) ((= item (vector-length weights)) (vector-ref table room))
      (do ((left room (- left 1))) ((< left (vector-ref weights item)))
        (vector-set! table left
                     (max (vector-ref table left)
                          (+ (vector-ref prices item)
                             (vector-ref table (- left (vector-ref weights item))))))))))

(write (map (lambda (room) (= (best 0 room) (by-table room))) '(0 5 10 20 30)))
(write (map by-table '(5 10 20 30)))
(newline)
