/* A plugin of qemu's user-mode emulation: counts the instructions that the program executes, and
 * writes the count so far, a line each time, to the file that the environment variable INSTRUCTIONS
 * names whenever the program calls getppid().
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
typedef void (*on_block)(plugin_id, block *);
typedef void (*on_call)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                        uint64_t, uint64_t, uint64_t, uint64_t);

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_block);
extern size_t qemu_plugin_tb_n_insns(const block *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(block *, int, void *, uint64_t);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, on_call);

EXPORT int qemu_plugin_version = 1;

enum { ADD_U64 = 0, GETPPID_X86_64 = 110, GETPPID_ARM64 = 173 };
static uint64_t count;
static int64_t mark;

static void translated(plugin_id id, block *b)
{
    (void)id;
    qemu_plugin_register_vcpu_tb_exec_inline(b, ADD_U64, &count, qemu_plugin_tb_n_insns(b));
}

static void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a, uint64_t b, uint64_t c,
                   uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
    FILE *file;
    (void)id, (void)cpu, (void)a, (void)b, (void)c, (void)d, (void)e, (void)f, (void)g, (void)h;
    if (number != mark || !(file = fopen(getenv("INSTRUCTIONS"), "a")))
        return;
    fprintf(file, "%llu\n", (unsigned long long)count);
    fclose(file);
}

EXPORT int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    /* qemu_info_t begins with the target's name */
    mark = **(const char *const *)info == 'a' ? GETPPID_ARM64 : GETPPID_X86_64;
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    return 0;
}
