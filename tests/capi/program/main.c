/* The program alone, without anything in Rust but the library. */

#include "program.h"

int main(void) {
    run_program();
    puts("all is as the header says");
    return 0;
}
