// Parameters and results that Rust has, for the tests of debug information.
pub mod shapes {
    pub struct Point { pub x: i32, pub y: i64 }
    #[derive(Clone, Copy)]
    pub enum Colour { Red, Green = 5 }
    impl Colour {
        #[inline(never)]
        pub fn code(self) -> i32 { self as i32 + 1 }
    }
    impl Point {
        #[inline(never)]
        pub fn area(&self, factor: u8, colour: Colour) -> i64 { self.x as i64 * self.y + factor as i64 + colour as i64 }
        #[inline(never)]
        pub fn moved(self, by: i32) -> Point { Point { x: self.x + by, y: self.y } }
        #[inline(never)]
        pub fn grow(&mut self, by: &i64, times: *const u16) -> bool { self.y += *by; times.is_null() }
    }
}
use shapes::{Colour, Point};
#[inline(never)]
pub fn scalars(a: i8, b: u16, c: u32, d: i64, e: usize, f: bool, g: char) -> isize {
    a as isize + b as isize + c as isize + d as isize + e as isize + f as isize + g as isize }
#[inline(never)]
pub fn floats(single: f32, double: f64) -> f64 { single as f64 + double }
#[inline(never)]
pub fn slices(text: &str, list: &[u32]) -> usize { text.len() + list.len() }
#[inline(never)]
pub fn nothing(unit: (), last: i32) -> i32 { let _ = unit; last }
#[inline(never)]
pub fn wide(a: i128, last: i32) -> i128 { a + last as i128 }
#[inline(never)]
pub fn call(callback: fn(i32) -> i32, value: i32) -> i32 { callback(value) }
#[inline(never)]
pub fn generic<T: Copy + Into<i64>>(value: T, other: &T) -> i64 { value.into() + (*other).into() }
#[no_mangle]
pub extern "C" fn rust_plus(left: i32, right: i64) -> i64 { left as i64 + right }
#[no_mangle]
pub extern "C" fn rust_letter(letter: *const char) -> bool { letter.is_null() }
fn twice(value: i32) -> i32 { value * 2 }
#[no_mangle]
pub extern "C" fn use_all(n: i32) -> i64 {
    let mut point = Point { x: n, y: n as i64 };
    let mut sum = point.area(n as u8, if n > 3 { Colour::Green } else { Colour::Red });
    sum += Colour::Green.code() as i64;
    sum += point.grow(&sum.clone(), std::ptr::null()) as i64;
    sum += point.moved(n).y + floats(n as f32, 2.0) as i64 + slices("text", &[1, 2, n as u32]) as i64;
    sum += scalars(1, 2, 3, 4, n as usize, true, 'x') as i64 + nothing((), n) as i64 + wide(n as i128, n) as i64;
    sum + call(twice, n) as i64 + generic(n, &n) + generic(n as i64, &2) + rust_plus(n, 1) + rust_letter(&'x') as i64
}
