//! Silence in stereo, as AAC-LC (ISO/IEC 14496-3): one frame, repeated.

use super::SAMPLE_RATE;
use super::bits::Bits;

/// Samples of each channel in a frame.
pub(super) const FRAME_SAMPLES: u32 = 1024;
/// Channels: left and right.
pub(super) const CHANNELS: u16 = 2;
/// The object type AAC-LC.
const LOW_COMPLEXITY: u64 = 2;
/// The index of 48 kHz among the sampling frequencies.
const FREQUENCY_INDEX: u64 = 3;
const _: () = assert!(SAMPLE_RATE == 48_000);

/// Writes `AudioSpecificConfig` (1.6.2.1): what a decoder needs before the first frame.
pub(super) fn configuration() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.number(LOW_COMPLEXITY, 5);
    bits.number(FREQUENCY_INDEX, 4);
    bits.number(u64::from(CHANNELS), 4);
    bits.bit(false); // frameLengthFlag: 1024 samples
    bits.bit(false); // dependsOnCoreCoder
    bits.bit(false); // extensionFlag
    bits.finish()
}

/// Writes a frame of silence (4.4.2.1): both channels without any spectrum.
pub(super) fn silence() -> Vec<u8> {
    let mut bits = Bits::default();
    bits.number(1, 3); // channel_pair_element
    bits.number(0, 4); // element_instance_tag
    bits.bit(true); // common_window
    bits.bit(false); // ics_reserved_bit
    bits.number(0, 2); // window_sequence: ONLY_LONG_SEQUENCE
    bits.bit(false); // window_shape
    bits.number(0, 6); // max_sfb: no bands
    bits.bit(false); // predictor_data_present
    bits.number(0, 2); // ms_mask_present
    for _ in 0..CHANNELS {
        bits.number(0, 8); // global_gain
        bits.bit(false); // pulse_data_present
        bits.bit(false); // tns_data_present
        bits.bit(false); // gain_control_data_present
    }
    bits.number(7, 3); // end
    bits.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_and_its_configuration_are_small_and_known() {
        assert_eq!(configuration(), [0x11, 0x90]);
        assert_eq!(silence(), [0x21, 0x00, 0x00, 0x00, 0x00, 0x1c]);
    }
}
