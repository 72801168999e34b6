/* A library with something of everything that a tracer reads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum colour { RED, GREEN = 5 };
struct node { int value; struct node *next; union { long n; char *s; } u; unsigned bits : 3; enum colour c; };
typedef int (*handler_t)(int, void *);

int counter = 1;
__thread int mine;

int first(const char *text, struct node *list) { return puts(text) + list->value + counter++; }
double second(double a, float b, enum colour c, handler_t h) { return a + b + (h ? h(c, &counter) : atoi("1")) + mine; }
static int helper(int n) { return n < 2 ? n : helper(n - 1) + helper(n - 2); }
int third(int n, ...) {
  switch (n) {
    case 0: return helper(3); case 1: return rand(); case 2: return helper(n) + 7; case 3: return 9;
    case 4: return puts("four"); case 5: return abs(n); case 6: abort(); default: return helper(n);
  }
}
int alias(int n, ...) __attribute__((alias("third")));
static void *choose(void) { return (void *)first; }
int chosen(const char *text, struct node *list) __attribute__((ifunc("choose")));
handler_t table[] = {(handler_t)first, (handler_t)third};
struct node head = {1, &head, {2}, 3, GREEN};
