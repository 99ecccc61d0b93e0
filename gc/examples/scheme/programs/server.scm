;; A server: requests come as text, are read, answered with what a session knows, and forgotten. With an argument it serves
;; for so many seconds. What it keeps does not grow, however long that is: sessions end, and answers are remembered
;; as long as somebody else holds them.

(define seconds (if (> (length (command-line)) 1) (string->number (cadr (command-line))) #f))

;; Requests: the same ones in each run.
(define seed 7)
(define (random n)
  (set! seed (modulo (+ (* seed 1103515245) 12345) 2147483648))
  (modulo (quotient seed 65536) n))
(define (request)
  (let ((who (random 50)))
    (call-with-output-string
     (lambda (port)
       (write (case (random 8)
                ((0) (list 'login who))
                ((1) (list 'logout who))
                ((2 3) (list 'store who (random 10) (list "text" (random 1000) (make-string (random 40) #\x))))
                ((4 5) (list 'recall who (random 10)))
                ((6) (list 'sum who (iota (random 30))))
                (else (list 'nonsense who)))
              port)))))

;; Sessions know their neighbours, in a ring, and what their clients have stored.
(define-record-type session
  (make-session name next previous facts steps)
  session?
  (name session-name)
  (next session-next set-session-next!)
  (previous session-previous set-session-previous!)
  (facts session-facts)
  (steps session-steps set-session-steps!))

(define sessions (make-equal-hash-table))
(define ring (let ((head (make-session 'head #f #f #f #f)))
               (set-session-next! head head)
               (set-session-previous! head head)
               head))
(define (enter! who)
  (let* ((after (session-next ring))
         (new (make-session who after ring (make-equal-hash-table) #f)))
    ;; A generator that has stopped in the middle of its work: a continuation that is kept.
    (set-session-steps! new (counter new))
    (set-session-next! ring new)
    (set-session-previous! after new)
    (hash-table-set! sessions who new)
    new))
(define (leave! session)
  (set-session-next! (session-previous session) (session-next session))
  (set-session-previous! (session-next session) (session-previous session))
  (hash-table-delete! sessions (session-name session)))

(define (counter session)
  (define return #f)
  (define (next)
    (let loop ((n 1))
      (call-with-current-continuation
       (lambda (resume)
         (set! next (lambda () (resume #f)))
         (return (cons (session-name session) n))))
      (loop (+ n 1))))
  (lambda () (call-with-current-continuation (lambda (k) (set! return k) (next)))))

;; Answers that were given lately: weak, so that they last no longer than the log.
(define answers (make-equal-hash-table))
(define logged (make-vector 100 #f))
(define n-logged 0)
(define (remember! text answer)
  (let ((entry (cons text answer)))
    (vector-set! logged (modulo n-logged 100) entry)
    (set! n-logged (+ n-logged 1))
    (hash-table-set! answers text (weak-cons entry #f))
    (if (> (hash-table-count answers) 500)
        (for-each (lambda (known)
                    (if (not (weak-car (cdr known))) (hash-table-delete! answers (car known))))
                  (hash-table->alist answers)))
    (if (> (hash-table-count answers) 2000) (hash-table-clear! answers))))

(define counts (make-equal-hash-table))
(define (count! what) (hash-table-update!/default counts what (lambda (n) (+ n 1)) 0))

(define (answer text)
  (let* ((request (read (open-input-string text)))
         (verb (car request))
         (who (cadr request))
         (session (hash-table-ref/default sessions who #f)))
    (define (known) (or session (raise (list 'unknown who))))
    (count! verb)
    (case verb
      ((login) (if session (leave! session)) (session-name (enter! who)))
      ((logout) (leave! (known)) 'bye)
      ((store) (hash-table-set! (session-facts (known)) (list-ref request 2) (list-ref request 3)) 'stored)
      ((recall) (list ((session-steps (known)))
                      (hash-table-ref/default (session-facts session) (list-ref request 2) 'nothing)))
      ((sum) (known) (let ((all (list-ref request 2))) (vector (length all) (apply + all) (map (lambda (n) (* n n)) all))))
      (else (error "a request that nobody understands" verb)))))

(define (serve)
  (let* ((text (request))
         (given (guard (e ((error-object? e) (count! 'errors) (condition-text e))
                          (#t (count! 'refused) e))
                  (answer text))))
    (remember! text given)))
(define (condition-text e) (string-append (error-object-message e) "!"))

(define (serve-many n) (if (> n 0) (begin (serve) (serve-many (- n 1)))))

(if seconds
    (let ((end (+ (current-second) seconds)))
      (let loop ()
        (serve-many 10000)
        (if (< (current-second) end) (loop)))
      (write-line n-logged))
    (begin
      (serve-many 2000)
      (for-each (lambda (what) (write-line (cons what (hash-table-ref/default counts what 0))))
                '(login logout store recall sum nonsense refused errors))
      (write-line (let count ((at (session-next ring)) (n 0))
                    (if (eq? at ring) (list n (hash-table-count sessions)) (count (session-next at) (+ n 1)))))))
