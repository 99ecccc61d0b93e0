;; Continuations that are entered again: two trees are walked side by side, each by a generator.

(define (generator walk)
  (define return #f)
  (define (next)
    (walk (lambda (value)
            (call-with-current-continuation
             (lambda (resume)
               (set! next (lambda () (resume #f)))
               (return value)))))
    (return 'end))
  (lambda ()
    (call-with-current-continuation
     (lambda (k) (set! return k) (next)))))

(define (leaves tree)
  (generator (lambda (yield)
               (let walk ((tree tree))
                 (cond ((null? tree) #f)
                       ((pair? tree) (walk (car tree)) (walk (cdr tree)))
                       (else (yield tree)))))))

(define (same-fringe? a b)
  (let ((a (leaves a)) (b (leaves b)))
    (let loop ((n 0))
      (let* ((x (a)) (y (b)))
        (cond ((not (eqv? x y)) (list #f n))
              ((eq? x 'end) (list #t n))
              (else (loop (+ n 1))))))))

(define (left n tree) (if (= n 0) tree (left (- n 1) (cons tree n))))
(define (flat tree) (let loop ((tree tree) (rest '())) (if (pair? tree) (loop (car tree) (cons (cdr tree) rest)) (cons tree rest))))
(define tree (left 2000 'x))
(write (same-fringe? tree (flat tree)))
(write (same-fringe? '((1 2) 3) '(1 (2 4))))
(newline)
