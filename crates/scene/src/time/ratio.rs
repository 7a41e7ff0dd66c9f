//! Exact fractions: the numbers that times are reckoned in.

use std::cmp::Ordering;

/// Largest denominator that stays as it is. A finer fraction, which takes hundreds of unlike tempo
/// changes, is rounded to this one: 6e-14 s, a three hundred millionth of a sample at 48 kHz.
const FINEST: i128 = 1 << 44;
/// Largest magnitude; greater numbers saturate. A day has 86 400 seconds.
const LARGEST: f64 = 1e9;
/// Decimals kept of a written number.
const DECIMALS: i32 = 18;

/// A fraction in lowest terms, its denominator positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    num: i128,
    den: i128,
}

impl Ratio {
    pub(crate) const ZERO: Self = Self::whole(0);
    pub(crate) const ONE: Self = Self::whole(1);

    pub(crate) const fn whole(number: i64) -> Self {
        Self { num: number as i128, den: 1 }
    }

    /// `num / den`; `den` is not zero.
    pub(crate) fn new(num: i128, den: i128) -> Self {
        let common = gcd(num.unsigned_abs(), den.unsigned_abs()).max(1);
        let common = i128::try_from(common).unwrap_or(1) * den.signum();
        let (num, den) = (num / common, den / common);
        if den <= FINEST {
            return Self { num, den };
        }
        let whole = num.div_euclid(den);
        // So many bits of the remainder are left that it may be multiplied.
        let shift = (128 - den.leading_zeros()).saturating_sub(80);
        let rest = ((num.rem_euclid(den) >> shift) * FINEST + (den >> shift) / 2) / (den >> shift);
        Self { num: whole * FINEST + rest, den: FINEST }
    }

    /// The nearest fraction of [`FINEST`].
    pub(crate) fn from_f64(number: f64) -> Self {
        let number = number.clamp(-LARGEST, LARGEST);
        Self::new((number * FINEST as f64).round() as i128, FINEST)
    }

    /// The number of a text in decimal notation, exact to [`DECIMALS`] decimals before reduction.
    pub(crate) fn decimal(text: &str) -> Option<Self> {
        let approximate: f64 = text.parse().ok().filter(|n: &f64| n.is_finite())?;
        if approximate.abs() >= LARGEST || approximate.abs() < 1e-12 {
            return Some(Self::from_f64(approximate));
        }
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, decimals) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let negative = whole.starts_with('-');
        let digits = whole.trim_start_matches(['+', '-']).chars().chain(decimals.chars());
        let mut shift = i32::try_from(decimals.len()).ok()?.checked_sub(exponent)?;
        let mut num: i128 = 0;
        for digit in digits {
            let next = num.checked_mul(10)?.checked_add(i128::from(digit.to_digit(10)?))?;
            if next >= 10_i128.pow(30) {
                return Some(Self::from_f64(approximate));
            }
            num = next;
        }
        while shift > DECIMALS {
            num /= 10;
            shift -= 1;
        }
        let power = 10_i128.checked_pow(shift.unsigned_abs())?;
        let num = if negative { -num } else { num };
        Some(if shift < 0 { Self::new(num.checked_mul(power)?, 1) } else { Self::new(num, power) })
    }

    pub(crate) fn to_f64(self) -> f64 {
        // Converting 128 bits takes a call into a library; usual fractions fit into 64 and round alike.
        match (i64::try_from(self.num), i64::try_from(self.den)) {
            (Ok(num), Ok(den)) => num as f64 / den as f64,
            _ => self.num as f64 / self.den as f64,
        }
    }

    pub(crate) fn plus(self, other: Self) -> Self {
        let exact = || {
            let (a, b) = (self.num.checked_mul(other.den)?, other.num.checked_mul(self.den)?);
            Some(Self::new(a.checked_add(b)?, self.den.checked_mul(other.den)?))
        };
        exact().unwrap_or_else(|| Self::from_f64(self.to_f64() + other.to_f64()))
    }

    pub(crate) fn minus(self, other: Self) -> Self {
        self.plus(Self { num: -other.num, den: other.den })
    }

    pub(crate) fn times(self, other: Self) -> Self {
        let exact = || {
            let num = self.num.checked_mul(other.num)?;
            Some(Self::new(num, self.den.checked_mul(other.den)?))
        };
        exact().unwrap_or_else(|| Self::from_f64(self.to_f64() * other.to_f64()))
    }

    /// Divided by a number that is not zero.
    pub(crate) fn over(self, other: Self) -> Self {
        self.times(Self { num: other.den * other.num.signum(), den: other.num.abs() })
    }

    pub(crate) fn is_negative(self) -> bool {
        self.num < 0
    }

    pub(crate) fn is_whole(self) -> bool {
        self.den == 1
    }

    /// The next whole number below.
    pub(crate) fn floor(self) -> i64 {
        i64::try_from(self.num.div_euclid(self.den)).unwrap_or(if self.num < 0 {
            i64::MIN
        } else {
            i64::MAX
        })
    }

    /// The nearest whole number; halves go away from zero.
    pub(crate) fn rounded(self) -> i64 {
        // The remainder is small enough to be doubled, however large the number.
        let (whole, rest) = (self.num / self.den, self.num % self.den);
        let nearest = whole + i128::from(2 * rest.abs() >= self.den) * self.num.signum();
        i64::try_from(nearest).unwrap_or(if self.num < 0 { i64::MIN } else { i64::MAX })
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    fn cmp(&self, other: &Self) -> Ordering {
        self.minus(*other).num.cmp(&0)
    }
}

fn gcd(a: u128, b: u128) -> u128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        // Small numbers divide several times as fast.
        if let (Ok(small_a), Ok(small_b)) = (u64::try_from(a), u64::try_from(b)) {
            return u128::from(small_gcd(small_a, small_b));
        }
        (a, b) = (b, a % b);
    }
    a
}

fn small_gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact_fractions() {
        for (text, num, den) in [
            ("12.5", 25, 2),
            ("-0.04", -1, 25),
            (".5", 1, 2),
            ("1e-3", 1, 1000),
            ("1.5e2", 150, 1),
            ("0.1", 1, 10),
            ("29.97", 2997, 100),
            ("0", 0, 1),
        ] {
            assert_eq!(Ratio::decimal(text), Some(Ratio { num, den }), "{text}");
        }
        for text in ["", ".", "-", "e5", "1e400", "inf", "nan", "1,5"] {
            assert_eq!(Ratio::decimal(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_far_too_long_or_large_are_near_what_was_written() {
        let thirds = Ratio::decimal(&format!("0.{}", "3".repeat(200))).unwrap();
        assert!((thirds.to_f64() - 1.0 / 3.0).abs() < 1e-13);
        assert!(Ratio::decimal("1e300").unwrap().to_f64() >= 1e9);
        assert_eq!(Ratio::decimal("1e-300").unwrap(), Ratio::ZERO);
    }

    #[test]
    fn halves_round_away_from_zero() {
        for (num, den, wanted) in [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (5, 3, 2), (4, 3, 1)] {
            assert_eq!(Ratio::new(num, den).rounded(), wanted, "{num}/{den}");
        }
        assert_eq!(Ratio::new(i128::MAX - 1, 3).rounded(), i64::MAX);
        assert_eq!(Ratio::new(-i128::MAX, 7).rounded(), i64::MIN);
    }

    #[test]
    fn sums_of_unlike_fractions_stay_exact_or_become_very_near() {
        assert_eq!(Ratio::new(1, 6).plus(Ratio::new(1, 10)), Ratio::new(4, 15));
        assert_eq!(Ratio::new(3, 4).over(Ratio::new(-2, 3)), Ratio::new(-9, 8));
        let mut sum = Ratio::ZERO;
        let mut nearly = 0.0;
        for den in 1001..3001 {
            sum = sum.plus(Ratio::new(60_000, den));
            nearly += 60_000.0 / den as f64;
        }
        assert!((sum.to_f64() - nearly).abs() < 1e-8, "{} {nearly}", sum.to_f64());
    }
}
