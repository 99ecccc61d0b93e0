;; Queens on a board: all solutions by lists, and the first one by going back in time.

(define (queens size)
  (define (safe? column distance placed)
    (or (null? placed)
        (and (not (= (car placed) column))
             (not (= (abs (- (car placed) column)) distance))
             (safe? column (+ distance 1) (cdr placed)))))
  (define (place row placed)
    (if (= row 0)
        1
        (let loop ((column 1) (sum 0))
          (if (> column size)
              sum
              (loop (+ column 1)
                    (if (safe? column 1 placed) (+ sum (place (- row 1) (cons column placed))) sum))))))
  (place size '()))

;; Whoever fails goes on at the latest choice that is left.
(define choices '())
(define (fail)
  (if (null? choices)
      (error "there is no solution")
      (let ((choice (car choices)))
        (set! choices (cdr choices))
        (choice #f))))
(define (choose from to)
  (let loop ((n from))
    (if (> n to)
        (fail)
        (if (call-with-current-continuation
             (lambda (k) (set! choices (cons k choices)) #t))
            n
            (loop (+ n 1))))))
(define (require condition) (if (not condition) (fail)))

(define (first-queens size)
  (let loop ((row 1) (placed '()))
    (if (> row size)
        (reverse placed)
        (let ((column (choose 1 size)))
          (let check ((rest placed) (distance 1))
            (if (pair? rest)
                (begin
                  (require (not (= (car rest) column)))
                  (require (not (= (abs (- (car rest) column)) distance)))
                  (check (cdr rest) (+ distance 1)))))
          (loop (+ row 1) (cons column placed))))))

(write (list (queens 6) (queens 8)))
(newline)
(write (first-queens 8))
(newline)
