/* Parameters and results of every kind that C has, for the tests of debug information. */
#include <complex.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <wchar.h>

enum colour { RED, GREEN = 5, BLUE };
enum access { READ = 1, WRITE = 2, EXECUTE = 4, ALL = 7 };
enum level { LOW = -2, HIGH = 3 };
struct point { int x, y; enum colour colour; };
typedef struct { double real; char text[16]; } record_t;
struct node { int value; struct node *next; union { long number; char *text; } payload; struct { short a; short b; }; };
struct flags { unsigned first : 1; unsigned second : 3; int third : 12; unsigned long wide : 40; bool last : 1; };
struct __attribute__((packed)) tight { char c; int i; short s[3]; };
struct opaque;
struct grid { int cells[3][4]; char names[2][8]; const char *const *list; int (*compare)(const void *, const void *); };
struct tail { int count; struct point points[]; };
typedef int (*handler_t)(int signal, void *context);
typedef const char *text_t;

int integers(char a, signed char b, unsigned char c, short d, unsigned short e, int f, unsigned g, long h, unsigned long i,
             long long j, unsigned long long k) { return a + b + c + d + e + f + (int)(g + h + i + j + k); }
bool wide(bool yes, wchar_t letter, const wchar_t *text, uint8_t *bytes, int8_t small, size_t size) {
  return yes && letter && text && bytes && small && size; }
double floating(float a, double b, long double c) { return a + b + (double)c; }
text_t strings(char *a, const char *b, text_t c, char **d, char *const *e, unsigned char *f, signed char *g, void *h, const void *i) {
  return a ? a : b ? b : c ? c : d ? *d : e ? *e : f ? "f" : g ? "g" : h ? "h" : i ? "i" : 0; }
struct point structures(struct point by_value, struct point *by_address, record_t record, const struct node *list, union { int i; float f; } *u) {
  by_value.x += by_address->x + (int)record.real + list->value + u->i; return by_value; }
enum access enumerations(enum colour colour, enum access access, enum level level) { return colour && level ? access : ALL; }
void bits(struct flags *flags, struct tight *tight, struct opaque *opaque, struct grid *grid, struct tail *tail) {
  flags->first = tight->i + (opaque != 0) + grid->cells[1][2] + tail->count; }
handler_t callbacks(handler_t handler, void (*plain)(void), int (*const table[4])(int), FILE *stream) {
  if (plain) plain(); if (table) table[0](1); if (stream) fflush(stream); return handler; }
int variadic(const char *format, ...) { va_list list; va_start(list, format); int r = vprintf(format, list); va_end(list); return r; }
int arrays(int sized[4], double open[], int matrix[3][5], const char (*rows)[9], int restrict_like(int)) {
  return sized[0] + (int)open[0] + matrix[1][1] + (*rows)[2] + restrict_like(3); }
double _Complex complexes(float _Complex a, double _Complex b) { return a + b; }
__int128 widest(__int128 a, unsigned __int128 b) { return a + (__int128)b; }
volatile int *qualified(const volatile int *const a, int *restrict b, _Atomic int *c) { *b += *a; return c ? (volatile int *)c : (volatile int *)b; }
void nothing(void) {}
static inline int inlined(int deep, char *name) { return deep ? deep * 2 : name[0]; }
int (*take_address)(int, char *) = inlined;
__attribute__((noinline)) static int hidden(struct node **where, long long how) { return where && how; }
int uses(int a) { return inlined(a, "x") + hidden(0, a); }
struct node head;
__typeof__(strings) *declared_strings = strings;
__typeof__(variadic) *declared_variadic;
