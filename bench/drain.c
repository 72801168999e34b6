/*
 * The least that a tracer can do with records: takes them out of the rings and forgets them.
 *   drain GROUP/EVENT[,GROUP/EVENT...] COMMAND [ARGUMENT...]      (as root)
 * Opens the events on the command, as jltrace does: each on each CPU, 16 MiB of ring a CPU, thread, time and raw data of every hit.
 * Says on standard error how many records it took and how many the kernel dropped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_CPUS 64
#define RING_BYTES (16L << 20)
#define SAMPLE (PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW)
#define PAGE 4096L

static char *rings[MOST_CPUS];
static char copy[RING_BYTES];

static int die(const char *what) {
  perror(what);
  exit(125);
}

static int event_id(const char *event) {
  char path[256];
  snprintf(path, sizeof path, "/sys/kernel/tracing/events/%s/id", event);
  FILE *file = fopen(path, "r");
  int id;
  if (!file || fscanf(file, "%d", &id) != 1) die(path);
  fclose(file);
  return id;
}

static int open_event(struct perf_event_attr *attr, int pid, int cpu) {
  int fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);
  return fd < 0 ? die("perf_event_open") : fd;
}

static long records, lost;

static void drain(char *ring) {
  struct perf_event_mmap_page *page = (void *)ring;
  unsigned long head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE), tail = page->data_tail;
  unsigned long first = tail % RING_BYTES, count = head - tail, unwrapped = count < RING_BYTES - first ? count : RING_BYTES - first;
  memcpy(copy, ring + PAGE + first, unwrapped);
  memcpy(copy + unwrapped, ring + PAGE, count - unwrapped);
  __atomic_store_n(&page->data_tail, head, __ATOMIC_RELEASE);
  for (unsigned long at = 0; at < count; at += ((struct perf_event_header *)(copy + at))->size) {
    switch (((struct perf_event_header *)(copy + at))->type) {
      case PERF_RECORD_SAMPLE: records++; break;
      case PERF_RECORD_LOST: lost += *(long *)(copy + at + 16);
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 3) return fprintf(stderr, "usage: drain GROUP/EVENT[,GROUP/EVENT...] COMMAND [ARGUMENT...]\n"), 125;
  int gate[2], cpus = sysconf(_SC_NPROCESSORS_ONLN), status;
  if (pipe2(gate, O_CLOEXEC)) die("pipe2");
  pid_t child = fork();
  if (child == 0) {
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) < 0) die("read");
    execvp(argv[2], argv + 2);
    die(argv[2]);
  }
  struct pollfd polled[MOST_CPUS];
  for (int cpu = 0; cpu < cpus; cpu++) {
    struct perf_event_attr ring = {.type = PERF_TYPE_SOFTWARE, .size = sizeof ring, .config = PERF_COUNT_SW_DUMMY,
        .sample_type = SAMPLE, .watermark = 1, .wakeup_watermark = RING_BYTES / 8,
        .use_clockid = 1, .clockid = CLOCK_MONOTONIC};
    polled[cpu] = (struct pollfd){.fd = open_event(&ring, -1, cpu), .events = POLLIN};
    rings[cpu] = mmap(NULL, PAGE + RING_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, polled[cpu].fd, 0);
    if (rings[cpu] == MAP_FAILED) die("mmap");
  }
  for (char *name = strtok(argv[1], ","); name; name = strtok(NULL, ",")) {
    struct perf_event_attr attr = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof attr, .config = event_id(name), .sample_period = 1,
        .sample_type = SAMPLE, .inherit = 1, .disabled = 1, .enable_on_exec = 1,
        .use_clockid = 1, .clockid = CLOCK_MONOTONIC};
    for (int cpu = 0; cpu < cpus; cpu++) {
      int fd = open_event(&attr, child, cpu);
      if (ioctl(fd, PERF_EVENT_IOC_SET_OUTPUT, polled[cpu].fd)) die("PERF_EVENT_IOC_SET_OUTPUT");
    }
  }
  close(gate[1]);
  int over = 0;
  while (!over) {
    over = waitpid(child, &status, WNOHANG) != 0;
    if (!over) poll(polled, cpus, 20);
    for (int cpu = 0; cpu < cpus; cpu++) drain(rings[cpu]);
  }
  fprintf(stderr, "drained %ld records, %ld lost\n", records, lost);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 125;
}
