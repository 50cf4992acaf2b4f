//! Decimal numbers as integers with a fixed number of decimals: exact, and small in code.

/// Reads a JSON number as an integer of `10^-decimals`, rounding towards zero and saturating.
///
/// `fixed("1.25", 6)` is 1 250 000. `None` when the text is not a number.
pub fn fixed(text: &str, decimals: i32) -> Option<i64> {
    let (negative, unsigned) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let mut value: i64 = 0;
    let mut shift = decimals;
    let mut digits = 0_u32;
    let mut seen_point = false;
    let mut rest = unsigned.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'0'..=b'9' => {
                digits += 1;
                if !seen_point || shift > -9 {
                    value = value
                        .saturating_mul(10)
                        .saturating_add(i64::from(byte - b'0'));
                    shift -= i32::from(seen_point);
                }
            }
            b'.' if !seen_point => seen_point = true,
            b'e' | b'E' if digits > 0 => {
                shift = shift.saturating_add(exponent(&mut rest)?);
                break;
            }
            _ => return None,
        }
    }
    if digits == 0 {
        return None;
    }
    let scaled = scale(value, shift);
    Some(if negative { -scaled } else { scaled })
}

fn exponent(rest: &mut core::str::Bytes<'_>) -> Option<i32> {
    let mut value: i32 = 0;
    let mut negative = false;
    for (place, byte) in rest.enumerate() {
        match byte {
            b'+' if place == 0 => {}
            b'-' if place == 0 => negative = true,
            b'0'..=b'9' => {
                value = value
                    .saturating_mul(10)
                    .saturating_add(i32::from(byte - b'0'));
            }
            _ => return None,
        }
    }
    Some(if negative { -value } else { value })
}

fn scale(mut value: i64, mut shift: i32) -> i64 {
    while shift > 0 && value != 0 {
        value = value.saturating_mul(10);
        shift -= 1;
        if value == i64::MAX {
            break;
        }
    }
    while shift < 0 && value != 0 {
        value /= 10;
        shift += 1;
    }
    value
}

/// Appends `value` of `10^-decimals` without trailing zeros: 1 250 000 with 6 becomes `1.25`.
pub fn push_fixed(out: &mut String, value: i64, decimals: u32) {
    let unit = 10_u64.pow(decimals);
    if value < 0 {
        out.push('-');
    }
    let magnitude = value.unsigned_abs();
    push_integer(out, magnitude / unit);
    let mut fraction = magnitude % unit;
    if fraction == 0 {
        return;
    }
    out.push('.');
    let mut place = unit / 10;
    while fraction > 0 && place > 0 {
        push_digit(out, fraction / place);
        fraction %= place;
        place /= 10;
    }
}

/// Appends an integer in decimal.
pub fn push_integer(out: &mut String, value: u64) {
    if value >= 10 {
        push_integer(out, value / 10);
    }
    push_digit(out, value % 10);
}

fn push_digit(out: &mut String, digit: u64) {
    // `digit` is 0 to 9, so the conversion cannot fail; a wrong digit would beat a panic.
    out.push(char::from(b'0' + u8::try_from(digit).unwrap_or(0)));
}
