// What libstdc++.so.6.conf is made of: declarations of the library's headers that its functions' debug information comes from.
#include <cxxabi.h>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iomanip>
#include <iostream>
#include <istream>
#include <list>
#include <locale>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <ostream>
#include <random>
#include <set>
#include <shared_mutex>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <system_error>
#include <thread>
#include <typeinfo>
#include <unordered_map>
#include <vector>

template class std::__cxx11::basic_string<char>;
template class std::__cxx11::basic_string<wchar_t>;
template class std::basic_ios<char>;
template class std::basic_streambuf<char>;
template class std::basic_ostream<char>;
template class std::basic_istream<char>;
template class std::basic_iostream<char>;
template class std::basic_filebuf<char>;
template class std::basic_ifstream<char>;
template class std::basic_ofstream<char>;
template class std::basic_fstream<char>;
template class std::__cxx11::basic_stringbuf<char>;
template class std::__cxx11::basic_istringstream<char>;
template class std::__cxx11::basic_ostringstream<char>;
template class std::__cxx11::basic_stringstream<char>;
template std::ostream &std::operator<<(std::ostream &, const char *);
template std::ostream &std::operator<<(std::ostream &, char);
template std::ostream &std::operator<<(std::ostream &, const std::string &);
template std::istream &std::operator>>(std::istream &, std::string &);
template std::istream &std::operator>>(std::istream &, char &);
template std::istream &std::getline(std::istream &, std::string &);
template std::istream &std::getline(std::istream &, std::string &, char);
template std::ostream &std::endl(std::ostream &);
template std::ostream &std::ends(std::ostream &);
template std::ostream &std::flush(std::ostream &);
template std::istream &std::ws(std::istream &);
template std::ostream &std::__ostream_insert(std::ostream &, const char *, std::streamsize);
template std::ostream &std::ostream::_M_insert(bool);
template std::ostream &std::ostream::_M_insert(long);
template std::ostream &std::ostream::_M_insert(unsigned long);
template std::ostream &std::ostream::_M_insert(long long);
template std::ostream &std::ostream::_M_insert(unsigned long long);
template std::ostream &std::ostream::_M_insert(double);
template std::ostream &std::ostream::_M_insert(long double);
template std::ostream &std::ostream::_M_insert(const void *);
template std::istream &std::istream::_M_extract(bool &);
template std::istream &std::istream::_M_extract(unsigned short &);
template std::istream &std::istream::_M_extract(unsigned int &);
template std::istream &std::istream::_M_extract(long &);
template std::istream &std::istream::_M_extract(unsigned long &);
template std::istream &std::istream::_M_extract(long long &);
template std::istream &std::istream::_M_extract(unsigned long long &);
template std::istream &std::istream::_M_extract(float &);
template std::istream &std::istream::_M_extract(double &);
template std::istream &std::istream::_M_extract(void *&);

// Classes that are no templates: a value of each.
struct values {
    std::thread thread;
    std::condition_variable condition_variable;
    std::locale locale;
    std::logic_error logic_error;
    std::runtime_error runtime_error;
    std::out_of_range out_of_range;
    std::invalid_argument invalid_argument;
    std::length_error length_error;
    std::domain_error domain_error;
    std::range_error range_error;
    std::overflow_error overflow_error;
    std::system_error system_error;
    std::future_error future_error;
    std::bad_alloc bad_alloc;
    std::bad_cast bad_cast;
    std::bad_typeid bad_typeid;
    std::exception exception;
    std::exception_ptr exception_ptr;
    std::random_device random_device;
    std::filesystem::path path;
    std::filesystem::filesystem_error filesystem_error;
    std::ios_base::Init init;
    std::__detail::_Prime_rehash_policy prime_rehash_policy;
    std::__detail::_List_node_base list_node_base;
} *value;
void use(values *all) { all->thread.join(); }

// Functions that are no members.
namespace used {
using std::_Hash_bytes;
using std::_Rb_tree_black_count;
using std::_Rb_tree_decrement;
using std::_Rb_tree_increment;
using std::_Rb_tree_insert_and_rebalance;
using std::_Rb_tree_rebalance_for_erase;
using std::__throw_bad_alloc;
using std::__throw_bad_array_new_length;
using std::__throw_bad_cast;
using std::__throw_bad_exception;
using std::__throw_bad_function_call;
using std::__throw_bad_typeid;
using std::__throw_domain_error;
using std::__throw_future_error;
using std::__throw_invalid_argument;
using std::__throw_ios_failure;
using std::__throw_length_error;
using std::__throw_logic_error;
using std::__throw_out_of_range;
using std::__throw_out_of_range_fmt;
using std::__throw_overflow_error;
using std::__throw_range_error;
using std::__throw_runtime_error;
using std::__throw_system_error;
using std::__throw_underflow_error;
using std::current_exception;
using std::future_category;
using std::generic_category;
using std::get_new_handler;
using std::get_terminate;
using std::rethrow_exception;
using std::set_new_handler;
using std::set_terminate;
using std::system_category;
using std::terminate;
using std::uncaught_exception;
using std::uncaught_exceptions;
using ::operator new;
using ::operator new[];
using ::operator delete;
using ::operator delete[];
using abi::__cxa_demangle;
using abi::__cxa_guard_abort;
using abi::__cxa_guard_acquire;
using abi::__cxa_guard_release;
using abi::__cxa_pure_virtual;
using abi::__cxa_deleted_virtual;
using abi::__cxa_throw_bad_array_new_length;
using abi::__dynamic_cast;
using abi::__cxa_get_globals;
using abi::__cxa_current_exception_type;
using abi::__cxa_rethrow;
}

// The C++ ABI's functions that compilers call (Itanium C++ ABI, 2.4 and 2.5), which no header declares.
namespace __cxxabiv1 {
extern "C" {
void *__cxa_allocate_exception(std::size_t thrown_size) noexcept;
void __cxa_free_exception(void *thrown_exception) noexcept;
void __cxa_throw(void *thrown_exception, std::type_info *tinfo, void (*dest)(void *));
void *__cxa_begin_catch(void *exception_object) noexcept;
void __cxa_end_catch();
void *__cxa_get_exception_ptr(void *exception_object) noexcept;
}
}
namespace used {
using abi::__cxa_allocate_exception;
using abi::__cxa_free_exception;
using abi::__cxa_throw;
using abi::__cxa_begin_catch;
using abi::__cxa_end_catch;
using abi::__cxa_get_exception_ptr;
using abi::__cxa_init_primary_exception;
}
