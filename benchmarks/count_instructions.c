/* A plugin of qemu's user-mode emulation: writes how many instructions the program executed to the
 * file that the environment variable INSTRUCTIONS names.
 *
 * The few declarations are those of qemu's plugin interface, version 1 (qemu-plugin.h, which
 * distributions don't package). */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPORT __attribute__((visibility("default")))

typedef uint64_t plugin_id;
typedef struct block block;

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, void (*)(plugin_id, block *));
extern size_t qemu_plugin_tb_n_insns(const block *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(block *, int, void *, uint64_t);
extern void qemu_plugin_register_atexit_cb(plugin_id, void (*)(plugin_id, void *), void *);

EXPORT int qemu_plugin_version = 1;
static uint64_t count;

static void translated(plugin_id id, block *b)
{
    enum { ADD_U64 = 0 };
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(b, ADD_U64, &count, qemu_plugin_tb_n_insns(b));
}

static void finished(plugin_id id, void *nothing)
{
    FILE *file = fopen(getenv("INSTRUCTIONS"), "w");
    (void)id;
    (void)nothing;
    if (file) {
        fprintf(file, "%llu\n", (unsigned long long)count);
        fclose(file);
    }
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)info;
    (void)argc;
    (void)argv;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
