;; Doubles: which points stay near.

(define (iterations cr ci most)
  (let loop ((zr 0.) (zi 0.) (n 0))
    (let ((rr (* zr zr)) (ii (* zi zi)))
      (if (or (= n most) (> (+ rr ii) 4.))
          n
          (loop (+ (- rr ii) cr) (+ (* 2. (* zr zi)) ci) (+ n 1))))))

(do ((y -12 (+ y 2))) ((> y 12))
  (do ((x -40 (+ x 1))) ((> x 20))
    (let ((n (iterations (/ x 20.) (/ y 10.) 40)))
      (display (cond ((= n 40) "#") ((> n 8) "+") ((> n 4) "-") (else " ")))))
  (display "|")
  (newline))
