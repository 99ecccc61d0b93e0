/* Uses everything that there is in the C interface, rightly and wrongly, and ends the process if something is not as
 * the header says. */

#include "program.h"

gc_type node_type(void) {
    const uint64_t pointers[] = {1};
    gc_type_options options = {0};
    options.size = sizeof(node);
    options.pointers = pointers;
    options.pointers_length = 1;
    gc_type type;
    OK(gc_type_new(&options, &type));
    return type;
}

void run_program(void) {
    CHECK(strcmp(gc_last_error_message(), "") == 0);
    use_objects();
    use_callbacks();
    use_threads();
    misuse_handles();
    misuse_objects();
    misuse_callbacks();
}
