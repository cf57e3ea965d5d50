/* For LD_PRELOAD under LeakSanitizer, which looks for leaks when nginx has closed its modules: what the variables of
 * their libraries referred to would seem lost by then, and stacks would have no names. */

int dlclose(void *library)
{
    (void) library;
    return 0;
}
