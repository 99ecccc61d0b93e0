;; All orders of a list, by the definition; each is checked, and most are garbage at once.

(define (permutations items)
  (if (null? items)
      '(())
      (apply append
             (map (lambda (first)
                    (map (lambda (rest) (cons first rest))
                         (permutations (without first items))))
                  items))))
(define (without item items)
  (cond ((null? items) '()) ((eqv? item (car items)) (cdr items)) (else (cons (car items) (without item (cdr items))))))

(define all (permutations '(1 2 3 4 5 6 7)))
(write (list (length all)
             (apply + (map (lambda (items) (* (car items) (cadr items))) all))
             (let loop ((rest all) (n 0))
               (if (null? rest) n (loop (cdr rest) (if (< (car (car rest)) (cadr (car rest)) (caddr (car rest))) (+ n 1) n))))))
(newline)
