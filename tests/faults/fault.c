/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "fault REPORT WHERE NUMBER WHAT PROGRAM [ARG...]": runs PROGRAM, and makes one system call of it
 * go wrong. What strace -e inject cannot: count all calls together, from main() on (failing.c marks
 * it), in the processes that PROGRAM forks too, and end what would wait for ever.
 *
 *   WHERE    0: in PROGRAM itself; 1: in the first process that it forks;
 *            2: in the first that this forks
 *   NUMBER   of the call, from 1; 0: none
 *   WHAT     an errno's number: the call is not made, and fails with it
 *            kill: SIGKILL comes before it is made
 *            crash: the program jumps to address 0 instead
 *
 * close(2) is made all the same, for it frees its descriptor also when it fails, and what cannot
 * fail does not. A process that executes another program is left alone from there on. After its
 * first fork PROGRAM is held until a daemon of its listens: how often it has to ask would be
 * another number each time.
 *
 * REPORT gets a line for each call that was counted, "WHERE NUMBER CALL" (and "says", of a write(2)
 * to standard error), and at its end one of "done", "hung" (after 30 s) and "core" (it dumped one).
 * The exit status is PROGRAM's, a shell's for signals, or 125 where this program failed itself.
 */
#include <elf.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"

#define HANG_SECONDS 30
#define PROCESSES_MOST 16
#define GENERATIONS 3 /* that are counted */
#define HOLD_TICKS 1000
#define NO_CALL (~0UL)

/* A process that is traced. */
struct process {
	pid_t pid;
	int generation; /* -1: not known yet, and it waits until its parent stops at its fork */
	bool waits;
	bool counted; /* main() was reached */
	bool inside; /* of a system call */
	bool failing; /* this one is to fail */
};

struct fault {
	int where, number;
	enum { FAIL, KILL, CRASH } how;
	int error;
	struct process processes[PROCESSES_MOST];
	int count;
	int calls[GENERATIONS];
	pid_t first[GENERATIONS]; /* its process: the others of a generation are not counted */
	FILE *report;
	bool core;
	unsigned long failing; /* the call */
	int ticks; /* milliseconds for which PROGRAM is held yet; -1: it was */
};

static volatile sig_atomic_t hung;

static void on_alarm(int number)
{
	(void)number;
	hung = 1;
}

static void __attribute__((noreturn)) give_up(const char *what)
{
	perror(what);
	exit(125);
}

#if defined(__x86_64__)
typedef struct user_regs_struct registers;
static unsigned long call_of(const registers *regs)
{
	return regs->orig_rax;
}
static unsigned long argument_of(const registers *regs)
{
	return regs->rdi;
}
static void set_result(registers *regs, long result)
{
	regs->rax = (unsigned long)result;
}
static void set_next(registers *regs, unsigned long address)
{
	regs->rip = address;
}
static void set_call(pid_t pid, registers *regs, unsigned long call)
{
	struct iovec iov = { regs, sizeof(*regs) };

	regs->orig_rax = call;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov);
}
#elif defined(__aarch64__)
typedef struct user_regs_struct registers;
static unsigned long call_of(const registers *regs)
{
	return regs->regs[8];
}
static unsigned long argument_of(const registers *regs)
{
	return regs->regs[0];
}
static void set_result(registers *regs, long result)
{
	regs->regs[0] = (unsigned long)result;
}
static void set_next(registers *regs, unsigned long address)
{
	regs->pc = address;
}
static void set_call(pid_t pid, registers *regs, unsigned long call)
{
	int number = (int)call;
	struct iovec iov = { &number, sizeof(number) };

	(void)regs;
	ptrace(PTRACE_SETREGSET, pid, NT_ARM_SYSTEM_CALL, &iov);
}
#else
/* cppcheck takes all branches: this one is for other processors. */
/* cppcheck-suppress preprocessorErrorDirective */
#error "where a system call's number is on this processor is not known"
#endif

static void get_registers(pid_t pid, registers *regs)
{
	struct iovec iov = { regs, sizeof(*regs) };

	ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov);
}

/* "Always successful", their manuals say; and brk(2), where it fails, returns what there was
 * before. */
static bool can_fail(unsigned long call)
{
	switch (call) {
	case SYS_getuid:
	case SYS_geteuid:
	case SYS_getgid:
	case SYS_getegid:
	case SYS_getpid:
	case SYS_umask:
	case SYS_brk:
#ifdef SYS_alarm
	case SYS_alarm:
#endif
	case SYS_exit_group: return false;
	}
	return true;
}

static void leave_call(const struct fault *fault, pid_t pid)
{
	registers regs;
	struct iovec iov = { &regs, sizeof(regs) };

	get_registers(pid, &regs);
	if (fault->how == CRASH)
		set_next(&regs, 0);
	else if (fault->failing == SYS_brk) /* its own way: the break as it was, or less */
		set_result(&regs, 0);
	else
		set_result(&regs, -fault->error);
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov);
}

static struct process *find(struct fault *fault, pid_t pid)
{
	for (int i = 0; i < fault->count; i++)
		if (fault->processes[i].pid == pid)
			return &fault->processes[i];
	return NULL;
}

static struct process *add(struct fault *fault, pid_t pid, int generation)
{
	struct process *process = find(fault, pid);

	if (!process) {
		if (fault->count == PROCESSES_MOST)
			give_up("too many processes");
		process = &fault->processes[fault->count++];
		*process = (struct process){ .pid = pid, .generation = -1 };
	}
	if (generation >= 0) {
		process->generation = generation;
		process->counted = generation > 0;
		if (generation < GENERATIONS && !fault->first[generation])
			fault->first[generation] = pid;
	}
	return process;
}

static void leave(struct fault *fault, pid_t pid)
{
	struct process *process = find(fault, pid);

	if (process)
		*process = fault->processes[--fault->count];
}

static bool is_counted(const struct fault *fault, const struct process *process)
{
	return process->counted && process->generation < GENERATIONS &&
	       fault->first[process->generation] == process->pid;
}

static void enter(struct fault *fault, struct process *process)
{
	registers regs;
	unsigned long call;
	int *calls;

	get_registers(process->pid, &regs);
	call = call_of(&regs);
	if (process->generation == 0 && call == SYS_prctl && argument_of(&regs) == FAULTS_MARK) {
		process->counted = true;
		return;
	}
	if (!is_counted(fault, process))
		return;
	calls = &fault->calls[process->generation];
	++*calls;
	fprintf(fault->report, "%d %d %lu%s\n", process->generation, *calls, call,
		call == SYS_write && argument_of(&regs) == STDERR_FILENO ? " says" : "");
	if (process->generation != fault->where || *calls != fault->number)
		return;
	if (fault->how == FAIL && !can_fail(call))
		return;
	process->failing = true;
	fault->failing = call;
	if (fault->how == KILL)
		kill(process->pid, SIGKILL);
	else if (fault->how == CRASH || call != SYS_close)
		set_call(process->pid, &regs, NO_CALL);
}

static void at_call(struct fault *fault, struct process *process)
{
	process->inside = !process->inside;
	if (process->inside) {
		enter(fault, process);
	} else if (process->failing) {
		process->failing = false;
		leave_call(fault, process->pid);
	}
}

/* Where it stopped before its parent did, its calls are counted from now on. */
static void know(struct fault *fault, pid_t pid, int generation)
{
	struct process *process = add(fault, pid, generation);

	if (process->waits)
		ptrace(PTRACE_SYSCALL, pid, 0, 0);
	process->waits = false;
}

static void at_event(struct fault *fault, struct process *process, int event)
{
	unsigned long child;

	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		ptrace(PTRACE_GETEVENTMSG, process->pid, 0, &child);
		know(fault, (pid_t)child, process->generation + 1);
		if (process->generation == 0 && !fault->ticks)
			fault->ticks = HOLD_TICKS;
		break;
	case PTRACE_EVENT_EXEC:
		if (process->generation == 0 && !process->counted)
			break; /* PROGRAM itself */
		ptrace(PTRACE_DETACH, process->pid, 0, 0);
		leave(fault, process->pid);
		break;
	}
}

/* One stop of one process; false: it has ended. */
static bool at_stop(struct fault *fault, pid_t pid, int status)
{
	struct process *process = add(fault, pid, -1);
	int signal_number = WSTOPSIG(status), event = status >> 16;

	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		fault->core |= WIFSIGNALED(status) && WCOREDUMP(status);
		leave(fault, pid);
		return false;
	}
	process->waits = process->generation < 0;
	if (process->waits)
		return true;
	if (signal_number == (SIGTRAP | 0x80))
		at_call(fault, process);
	else if (event)
		at_event(fault, process, event);
	if (signal_number == (SIGTRAP | 0x80) || event || signal_number == SIGSTOP)
		signal_number = 0;
	if (fault->ticks > 0 && process->generation == 0)
		return true;
	ptrace(PTRACE_SYSCALL, pid, 0, signal_number); /* or it is detached, or gone */
	return true;
}

/* A socket in this network namespace: "... 00010000 0001 01 12345
 * /run/wireguard/owg0123456789ab.sock" */
static bool is_listened(void)
{
	FILE *file = fopen("/proc/net/unix", "re");
	char line[256];
	bool found = false;

	while (file && !found && fgets(line, sizeof(line), file))
		found = strstr(line, " 00010000 ") && strstr(line, "/owg");
	if (file)
		fclose(file);
	return found;
}

static void hold(struct fault *fault, pid_t program)
{
	const struct timespec tick = { .tv_nsec = 1000000 };

	if (--fault->ticks > 0 && !is_listened() && find(fault, fault->first[1])) {
		nanosleep(&tick, NULL);
		return;
	}
	fault->ticks = -1;
	ptrace(PTRACE_SYSCALL, program, 0, 0);
}

static void kill_all(const struct fault *fault)
{
	for (int i = 0; i < fault->count; i++)
		kill(fault->processes[i].pid, SIGKILL);
}

/* Until PROGRAM and what it forked, but did not let execute, has ended. PROGRAM's status. */
static int trace(struct fault *fault, pid_t program)
{
	int status, result = 0;
	pid_t pid;

	while (fault->count) {
		pid = waitpid(-1, &status, __WALL | (fault->ticks > 0 ? WNOHANG : 0));
		if (pid == 0)
			hold(fault, program);
		if (pid < 0 && errno == EINTR && hung)
			kill_all(fault);
		else if (pid < 0 && errno != EINTR)
			break;
		if (pid > 0 && !at_stop(fault, pid, status) && pid == program)
			result = status;
	}
	return result;
}

static pid_t start(char **argv)
{
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork");
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(*argv, argv);
		give_up(*argv);
	}
	if (waitpid(pid, NULL, __WALL) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0,
		   PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
			   PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE) < 0)
		give_up("ptrace");
	return pid;
}

int main(int argc, char **argv)
{
	struct fault fault = { 0 };
	struct sigaction action = { .sa_handler = on_alarm };
	pid_t program;
	int status;

	if (argc < 6)
		return 125;
	fault.where = atoi(argv[2]);
	fault.number = atoi(argv[3]);
	fault.error = atoi(argv[4]);
	fault.how = strcmp(argv[4], "kill") == 0    ? KILL
		    : strcmp(argv[4], "crash") == 0 ? CRASH
						    : FAIL;
	fault.report = fopen(argv[1], "we");
	if (!fault.report)
		give_up(argv[1]);
	program = start(argv + 5);
	add(&fault, program, 0);
	sigaction(SIGALRM, &action, NULL);
	alarm(HANG_SECONDS);
	ptrace(PTRACE_SYSCALL, program, 0, 0);
	status = trace(&fault, program);
	fprintf(fault.report, "%s\n", hung ? "hung" : fault.core ? "core" : "done");
	if (fclose(fault.report) != 0)
		give_up(argv[1]);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
