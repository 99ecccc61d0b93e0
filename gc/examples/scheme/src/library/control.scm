;; What is about where a program goes on. In what comes first the forms that are macros are not there yet.

(define (dynamic-wind before thunk after)
  (before)
  (%set-winders! (cons (cons before after) (%winders)))
  (let ((result (thunk)))
    (%set-winders! (cdr (%winders)))
    (after)
    result))

;; Leaves what is wound and enters what is to be, up to what both have in common; then the continuation goes on.
(define (%rewind winders continuation value)
  (define (common a b)
    (let ((la (length a)) (lb (length b)))
      (let loop ((a (if (> la lb) (list-tail a (- la lb)) a))
                 (b (if (> lb la) (list-tail b (- lb la)) b)))
        (if (eq? a b) a (loop (cdr a) (cdr b))))))
  (let ((shared (common (%winders) winders)))
    (define (leave)
      (if (eq? (%winders) shared)
          #t
          (let ((winder (car (%winders))))
            (%set-winders! (cdr (%winders)))
            ((cdr winder))
            (leave))))
    (define (enter winders)
      (if (eq? winders shared)
          #t
          (begin
            (enter (cdr winders))
            ((car (car winders)))
            (%set-winders! winders))))
    (leave)
    (enter winders)
    (%go-to continuation value)))

(define (call-with-values producer consumer)
  (%apply-values consumer (producer)))

(define (with-exception-handler handler thunk)
  (if (procedure? handler) #t (error "expected a procedure, but got" handler))
  (let ((outer (%handlers)))
    (%set-handlers! (cons handler outer))
    (let ((result (thunk)))
      (%set-handlers! outer)
      result)))

(define (raise-continuable object)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught object)
        (begin
          (%set-handlers! (cdr handlers))
          (let ((result ((car handlers) object)))
            (%set-handlers! handlers)
            result)))))

(define (raise object)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught object)
        (begin
          (%set-handlers! (cdr handlers))
          ((car handlers) object)
          (error "a handler has returned from what cannot be continued:" object)))))

(define (%unwind-all)
  (if (null? (%winders))
      #t
      (let ((winder (car (%winders))))
        (%set-winders! (cdr (%winders)))
        ((cdr winder))
        (%unwind-all))))

(define (exit . code)
  (%unwind-all)
  (%exit (if (null? code)
             0
             (let ((code (car code)))
               (if (eq? code #t) 0 (if (eq? code #f) 1 code))))))

(define (emergency-exit . code) (%exit (if (null? code) 0 (car code))))

(define (force promise)
  (if (promise? promise)
      (let loop ()
        (if (%promise-done? promise)
            (%promise-value promise)
            (let ((next ((%promise-value promise))))
              (if (%promise-done? promise)
                  (%promise-value promise)
                  (begin
                    (%promise-chain! promise next)
                    (loop))))))
      promise))

(define (make-promise value)
  (if (promise? value) value (%promise #t value)))

(define (make-parameter value . converter)
  (if (null? converter)
      (%parameter value (lambda (value) value))
      (%parameter ((car converter) value) (car converter))))

(define (%with-parameters parameters values thunk)
  (let ((values (map (lambda (parameter value) ((%parameter-converter parameter) value)) parameters values)))
    (define (swap!)
      (let ((old (map (lambda (parameter) (parameter)) parameters)))
        (for-each %parameter-set! parameters values)
        (set! values old)))
    (dynamic-wind swap! thunk swap!)))

(define (%record-constructor type fields name)
  (let ((count (%fields type))
        (places (map (lambda (field) (%field type field)) fields)))
    (define (in-order? places n)
      (if (null? places) (= n (+ count 1)) (if (= (car places) n) (in-order? (cdr places) (+ n 1)) #f)))
    (if (in-order? places 1)
        (cond ((= count 1) (lambda (a) (%record type a)))
              ((= count 2) (lambda (a b) (%record type a b)))
              ((= count 3) (lambda (a b c) (%record type a b c)))
              ((= count 4) (lambda (a b c d) (%record type a b c d)))
              (else (lambda arguments
                      (if (= (length arguments) count)
                          (apply %record type arguments)
                          (error "the constructor takes other arguments:" name)))))
        (lambda arguments
          (if (= (length arguments) (length places))
              (let ((record (apply %record type (make-list count #f))))
                (for-each (lambda (place argument) (%record-set! record type place argument)) places arguments)
                record)
              (error "the constructor takes other arguments:" name))))))

(define (%record-predicate type) (lambda (value) (%record? value type)))

(define (%record-accessor type field name)
  (let ((place (%field type field)))
    (lambda (record) (%record-ref record type place))))

(define (%record-modifier type field name)
  (let ((place (%field type field)))
    (lambda (record value) (%record-set! record type place value))))

(define (touch future)
  (if (%future-done? future)
      (%future-value future)
      (begin
        (%wait future)
        (%future-value future))))

(define call-with-escape-continuation call/cc)
