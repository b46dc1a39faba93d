//! Writes bits, highest bit of a byte first, as in H.264 and AAC.

/// Bytes that are extended by bits.
#[derive(Debug, Clone, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are free, below 8.
    free: u32,
}

impl Bits {
    /// Writes one bit.
    pub(super) fn bit(&mut self, bit: bool) {
        if self.free == 0 {
            self.bytes.push(0);
            self.free = 8;
        }
        self.free -= 1;
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.free;
        }
    }

    /// Writes the lowest `count` bits of a number, at most 64, highest bit first.
    pub(super) fn number(&mut self, value: u64, count: u32) {
        debug_assert!(count <= 64 && (count == 64 || value >> count == 0));
        for place in (0..count).rev() {
            self.bit(value >> place & 1 == 1);
        }
    }

    /// Writes an Exp-Golomb code, unsigned: `ue(v)` of ITU-T H.264, 9.1.
    pub(super) fn unsigned(&mut self, value: u32) {
        let code = u64::from(value) + 1;
        let length = code.ilog2();
        self.number(0, length);
        self.number(code, length + 1);
    }

    /// Writes an Exp-Golomb code, signed: `se(v)` of ITU-T H.264, 9.1.1.
    pub(super) fn signed(&mut self, value: i16) {
        let twice = u32::from(value.unsigned_abs()) * 2;
        self.unsigned(if value > 0 { twice - 1 } else { twice });
    }

    /// Fills the last byte with zeros.
    pub(super) fn align(&mut self) {
        self.free = 0;
    }

    /// Writes whole bytes, from the next byte on.
    pub(super) fn aligned(&mut self, bytes: impl IntoIterator<Item = u8>) {
        self.align();
        self.bytes.extend(bytes);
    }

    /// Returns everything written, the last byte filled with zeros.
    pub(super) fn finish(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A reader that shares no code with the writer: bits are characters.
    struct Reader {
        bits: Vec<char>,
        at: usize,
    }

    impl Reader {
        fn new(bytes: &[u8]) -> Self {
            let bits = |byte: &u8| format!("{byte:08b}").chars().collect::<Vec<_>>();
            Self {
                bits: bytes.iter().flat_map(bits).collect(),
                at: 0,
            }
        }

        fn number(&mut self, count: usize) -> u64 {
            let bits: String = self.bits[self.at..self.at + count].iter().collect();
            self.at += count;
            if bits.is_empty() {
                return 0;
            }
            u64::from_str_radix(&bits, 2).unwrap()
        }

        fn unsigned(&mut self) -> u64 {
            let rest = &self.bits[self.at..];
            let zeros = rest.iter().position(|bit| *bit == '1').unwrap();
            self.at += zeros;
            self.number(zeros + 1) - 1
        }

        fn signed(&mut self) -> i64 {
            let code = i64::try_from(self.unsigned()).unwrap();
            if code % 2 == 0 {
                -code / 2
            } else {
                (code + 1) / 2
            }
        }
    }

    #[derive(Debug, Clone)]
    enum Field {
        Bit(bool),
        Number(u64, u32),
        Unsigned(u32),
        Signed(i16),
        Aligned(Vec<u8>),
    }

    fn field() -> impl Strategy<Value = Field> {
        prop_oneof![
            any::<bool>().prop_map(Field::Bit),
            (any::<u64>(), 0_u32..=64).prop_map(|(value, count)| {
                let value = value.checked_shr(64 - count).unwrap_or_default();
                Field::Number(value, count)
            }),
            prop_oneof![0_u32..300, any::<u32>()].prop_map(Field::Unsigned),
            any::<i16>().prop_map(Field::Signed),
            proptest::collection::vec(any::<u8>(), 0..4).prop_map(Field::Aligned),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            rng_seed: proptest::test_runner::RngSeed::Fixed(0x6269_7473),
            ..ProptestConfig::default()
        })]

        #[test]
        fn what_was_written_is_read(fields in proptest::collection::vec(field(), 0..40)) {
            let mut bits = Bits::default();
            for field in &fields {
                match field {
                    Field::Bit(bit) => bits.bit(*bit),
                    Field::Number(value, count) => bits.number(*value, *count),
                    Field::Unsigned(value) => bits.unsigned(*value),
                    Field::Signed(value) => bits.signed(*value),
                    Field::Aligned(bytes) => bits.aligned(bytes.iter().copied()),
                }
            }
            let bytes = bits.finish();
            let mut reader = Reader::new(&bytes);
            for field in fields {
                match field {
                    Field::Bit(bit) => prop_assert_eq!(reader.number(1), u64::from(bit)),
                    Field::Number(value, count) => {
                        prop_assert_eq!(reader.number(count as usize), value);
                    }
                    Field::Unsigned(value) => prop_assert_eq!(reader.unsigned(), u64::from(value)),
                    Field::Signed(value) => prop_assert_eq!(reader.signed(), i64::from(value)),
                    Field::Aligned(written) => {
                        while !reader.at.is_multiple_of(8) {
                            prop_assert_eq!(reader.number(1), 0);
                        }
                        for byte in written {
                            prop_assert_eq!(reader.number(8), u64::from(byte));
                        }
                    }
                }
            }
            let rest = reader.bits.len() - reader.at;
            prop_assert!(rest < 8, "{} bits too many", rest);
            prop_assert_eq!(reader.number(rest), 0);
        }
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        let code = |value| {
            let mut bits = Bits::default();
            bits.unsigned(value);
            bits.finish()
        };
        assert_eq!(code(0), [0b1000_0000]);
        assert_eq!(code(1), [0b0100_0000]);
        assert_eq!(code(2), [0b0110_0000]);
        assert_eq!(code(7), [0b0001_0000]);
        assert_eq!(code(25), [0b0000_1101, 0b0000_0000]);
        assert_eq!(code(u32::MAX), [0, 0, 0, 0, 0x80, 0, 0, 0, 0]);
    }
}
