/* Shows a symbol, but not the one. */
__attribute__((visibility("default"))) int ferry_plugin_answer(void);
int ferry_plugin_answer(void) {
    return 42;
}
