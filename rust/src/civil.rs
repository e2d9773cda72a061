//! The calendar: days since 1970 and what people call them. Proleptic Gregorian, UTC.

pub const MICROS_PER_SECOND: i64 = 1_000_000;
pub const MICROS_PER_DAY: i64 = 86_400 * MICROS_PER_SECOND;

/// A moment taken apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Civil {
    pub year: i64,
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    pub micro: i64,
}

pub fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

pub fn date_of(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

pub fn days_in_month(year: i64, month: i64) -> i64 {
    let next = if month == 12 { days_of(year + 1, 1, 1) } else { days_of(year, month + 1, 1) };
    next - days_of(year, month, 1)
}

/// Only the years that Python knows.
pub fn in_range(micros: i128) -> bool {
    let low = i128::from(days_of(1, 1, 1)) * i128::from(MICROS_PER_DAY);
    let high = i128::from(days_of(10_000, 1, 1)) * i128::from(MICROS_PER_DAY);
    (low..high).contains(&micros)
}

impl Civil {
    pub fn of(micros: i64) -> Civil {
        let (year, month, day) = date_of(micros.div_euclid(MICROS_PER_DAY));
        let rest = micros.rem_euclid(MICROS_PER_DAY);
        let seconds = rest / MICROS_PER_SECOND;
        Civil {
            year,
            month,
            day,
            hour: seconds / 3600,
            minute: seconds / 60 % 60,
            second: seconds % 60,
            micro: rest % MICROS_PER_SECOND,
        }
    }

    /// None where there is no such day or time.
    pub fn micros(&self) -> Option<i64> {
        let valid = (1..=9999).contains(&self.year)
            && (1..=12).contains(&self.month)
            && (1..=days_in_month(self.year, self.month)).contains(&self.day)
            && (0..24).contains(&self.hour)
            && (0..60).contains(&self.minute)
            && (0..61).contains(&self.second);
        if !valid {
            return None;
        }
        let seconds = days_of(self.year, self.month, self.day) * 86_400
            + self.hour * 3600
            + self.minute * 60
            + self.second;
        Some(seconds * MICROS_PER_SECOND + self.micro)
    }

    pub fn weekday_from_sunday(&self) -> usize {
        (days_of(self.year, self.month, self.day) + 4).rem_euclid(7) as usize
    }

    pub fn day_of_year(&self) -> i64 {
        days_of(self.year, self.month, self.day) - days_of(self.year, 1, 1) + 1
    }
}

/// The same day `months` later; the last of the month where there is no such day.
pub fn add_months(micros: i64, months: i64) -> Option<i64> {
    let mut civil = Civil::of(micros);
    let month = civil.year * 12 + civil.month - 1 + months;
    civil.year = month.div_euclid(12);
    civil.month = month.rem_euclid(12) + 1;
    if !(1..=9999).contains(&civil.year) {
        return None;
    }
    civil.day = civil.day.min(days_in_month(civil.year, civil.month));
    civil.micros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_moments_apart_and_puts_them_together() {
        for micros in [0, -1, 1_484_685_125_000_000, -62_135_596_800_000_000] {
            assert_eq!(Civil::of(micros).micros(), Some(micros));
        }
        assert_eq!(days_of(1970, 1, 1), 0);
        assert_eq!(days_of(2000, 3, 1), 11_017);
    }

    #[test]
    fn the_month_after_the_31st_ends_earlier() {
        let january =
            Civil { year: 2024, month: 1, day: 31, hour: 0, minute: 0, second: 0, micro: 0 };
        let february = add_months(january.micros().unwrap(), 1).unwrap();
        assert_eq!((Civil::of(february).month, Civil::of(february).day), (2, 29));
    }
}
