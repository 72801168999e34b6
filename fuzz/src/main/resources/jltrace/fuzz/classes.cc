/* C++: classes, templates, exceptions, what is passed by reference. */
namespace space {
struct base { virtual ~base(); virtual int method(int) = 0; int field; };
struct derived : base { int method(int) override; derived *self; static int count; };
template <typename T> struct pair { T one, two; T sum() const { return one + two; } };
enum class level : unsigned char { low, high };
int derived::method(int n) { if (n < 0) throw n; return n + field; }
base::~base() {}
int derived::count;
}
int take(space::pair<double> p, space::level l, space::derived &d, int &&moved) {
  try { return d.method((int)p.sum()) + moved; } catch (int n) { return n + (int)l; }
}
extern "C" int plain(const space::pair<int> *p, int (space::derived::*member)(int), bool flag) { return p->sum() + flag; }
