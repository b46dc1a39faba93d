//! A still picture of one colour, as H.264 constrained baseline (ITU-T H.264).
//!
//! The first macroblock contains raw samples, every other one of the first picture is predicted from its neighbours
//! without a difference, and every later picture skips all of its macroblocks: one byte per macroblock once, and about
//! ten bytes per picture.

use super::bits::Bits;
use super::{FRAME_RATE, Video};

/// Samples on a side of a macroblock.
const MACROBLOCK: u32 = 16;
/// `profile_idc` of the baseline profile.
const BASELINE: u8 = 66;
/// `constraint_set0_flag` and `constraint_set1_flag`: both baseline and main profile can decode it.
const CONSTRAINED: u8 = 0b1100_0000;
/// `log2_max_frame_num`, the minimum: frames are numbered modulo 16.
const FRAME_NUMBER_BITS: u32 = 4;

/// `nal_unit_type` and `nal_ref_idc`, as the first byte of a unit; all of them are reference units.
const PICTURE: u8 = 0x61;
const FIRST_PICTURE: u8 = 0x65;
const SEQUENCE_PARAMETERS: u8 = 0x67;
const PICTURE_PARAMETERS: u8 = 0x68;

/// The levels of table A-1 that may be needed: `level_idc`, macroblocks a second, macroblocks a picture.
const LEVELS: [(u8, u32, u32); 18] = [
    (10, 1_485, 99),
    (11, 3_000, 396),
    (12, 6_000, 396),
    (13, 11_880, 396),
    (20, 11_880, 396),
    (21, 19_800, 792),
    (22, 20_250, 1_620),
    (30, 40_500, 1_620),
    (31, 108_000, 3_600),
    (32, 216_000, 5_120),
    (40, 245_760, 8_192),
    (41, 245_760, 8_192),
    (42, 522_240, 8_704),
    (50, 589_824, 22_080),
    (51, 983_040, 36_864),
    (52, 2_073_600, 36_864),
    (60, 4_177_920, 139_264),
    (61, 8_355_840, 139_264),
];

/// Colours as luma and the two chromas (ITU-R BT.709, limited range), none of them bright.
const COLOURS: [[u8; 3]; 8] = [
    [96, 155, 115],
    [105, 138, 93],
    [109, 105, 115],
    [127, 91, 151],
    [95, 113, 166],
    [88, 145, 148],
    [109, 136, 121],
    [76, 161, 125],
];

/// A stream of pictures of one size and colour.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stream {
    width: u32,
    height: u32,
    colour: [u8; 3],
}

impl Stream {
    /// Makes the stream of a video within bounds.
    pub(super) fn new(video: &Video) -> Self {
        // Similar videos get different colours.
        let mixed = video.width / 2 + video.height / 2 * 3 + video.seconds;
        let place = mixed as usize % COLOURS.len();
        Self {
            width: video.width,
            height: video.height,
            colour: COLOURS[place],
        }
    }

    /// Returns the size in macroblocks; the last ones may be partly cropped.
    fn size(self) -> (u32, u32) {
        (
            self.width.div_ceil(MACROBLOCK),
            self.height.div_ceil(MACROBLOCK),
        )
    }

    fn macroblocks(self) -> u32 {
        let (columns, rows) = self.size();
        columns * rows
    }

    /// Profile, constraints and level, as in both the parameters and the `avcC` box.
    pub(super) fn profile(self) -> [u8; 3] {
        [BASELINE, CONSTRAINED, self.level()]
    }

    /// Returns the lowest level for the size: A.3.1 limits a picture, the decoding rate, and also each side, so that
    /// no picture is a mere line.
    fn level(self) -> u8 {
        let all = self.macroblocks();
        let (columns, rows) = self.size();
        let side = columns.max(rows);
        let level = LEVELS.iter().find(|(_, a_second, a_picture)| {
            all <= *a_picture && all * FRAME_RATE <= *a_second && side * side <= a_picture * 8
        });
        level.map_or(LEVELS[LEVELS.len() - 1].0, |level| level.0)
    }

    /// Writes the sequence parameter set (7.3.2.1).
    pub(super) fn sequence_parameters(self) -> Vec<u8> {
        let (columns, rows) = self.size();
        let mut bits = Bits::default();
        bits.aligned(self.profile());
        bits.unsigned(0); // seq_parameter_set_id
        bits.unsigned(FRAME_NUMBER_BITS - 4);
        bits.unsigned(2); // pic_order_cnt_type: shown in the order of decoding
        bits.unsigned(1); // max_num_ref_frames
        bits.bit(false); // gaps_in_frame_num_value_allowed_flag
        bits.unsigned(columns - 1);
        bits.unsigned(rows - 1);
        bits.bit(true); // frame_mbs_only_flag
        bits.bit(true); // direct_8x8_inference_flag
        let right = columns * MACROBLOCK - self.width;
        let bottom = rows * MACROBLOCK - self.height;
        bits.bit(right + bottom > 0); // frame_cropping_flag
        if right + bottom > 0 {
            // In units of two pixels.
            for crop in [0, right / 2, 0, bottom / 2] {
                bits.unsigned(crop);
            }
        }
        bits.bit(true); // vui_parameters_present_flag
        usability(&mut bits);
        unit(SEQUENCE_PARAMETERS, bits)
    }

    /// Writes the picture parameter set (7.3.2.2).
    pub(super) fn picture_parameters() -> Vec<u8> {
        let mut bits = Bits::default();
        bits.unsigned(0); // pic_parameter_set_id
        bits.unsigned(0); // seq_parameter_set_id
        bits.bit(false); // entropy_coding_mode_flag: CAVLC
        bits.bit(false); // bottom_field_pic_order_in_frame_present_flag
        bits.unsigned(0); // num_slice_groups_minus1
        bits.unsigned(0); // num_ref_idx_l0_default_active_minus1
        bits.unsigned(0); // num_ref_idx_l1_default_active_minus1
        bits.bit(false); // weighted_pred_flag
        bits.number(0, 2); // weighted_bipred_idc
        bits.signed(0); // pic_init_qp_minus26
        bits.signed(0); // pic_init_qs_minus26
        bits.signed(0); // chroma_qp_index_offset
        bits.bit(true); // deblocking_filter_control_present_flag
        bits.bit(false); // constrained_intra_pred_flag
        bits.bit(false); // redundant_pic_cnt_present_flag
        unit(PICTURE_PARAMETERS, bits)
    }

    /// Writes the picture with this number, from 0; only the first needs no other (7.3.3 to 7.3.5).
    pub(super) fn picture(self, number: u32) -> Vec<u8> {
        let mut bits = Bits::default();
        bits.unsigned(0); // first_mb_in_slice
        bits.unsigned(if number == 0 { 7 } else { 5 }); // slice_type: I or P, as all of the picture
        bits.unsigned(0); // pic_parameter_set_id
        bits.number(
            u64::from(number % (1 << FRAME_NUMBER_BITS)),
            FRAME_NUMBER_BITS,
        );
        if number == 0 {
            bits.unsigned(0); // idr_pic_id
            bits.bit(false); // no_output_of_prior_pics_flag
            bits.bit(false); // long_term_reference_flag
        } else {
            bits.bit(false); // num_ref_idx_active_override_flag
            bits.bit(false); // ref_pic_list_modification_flag_l0
            bits.bit(false); // adaptive_ref_pic_marking_mode_flag
        }
        bits.signed(0); // slice_qp_delta
        bits.unsigned(1); // disable_deblocking_filter_idc: there is nothing to smooth
        if number == 0 {
            self.macroblocks_of_one_colour(&mut bits);
            unit(FIRST_PICTURE, bits)
        } else {
            bits.unsigned(self.macroblocks()); // mb_skip_run
            unit(PICTURE, bits)
        }
    }

    fn macroblocks_of_one_colour(self, bits: &mut Bits) {
        let (columns, rows) = self.size();
        let [luma, blue, red] = self.colour;
        bits.unsigned(25); // mb_type: I_PCM
        bits.aligned([luma; 256]);
        bits.aligned([blue; 64]);
        bits.aligned([red; 64]);
        for number in 1..columns * rows {
            bits.unsigned(3); // mb_type: I_16x16_2_0_0, the mean of the neighbours and no difference
            bits.unsigned(0); // intra_chroma_pred_mode: the mean too
            bits.signed(0); // mb_qp_delta
            // No coefficients. Their code depends on how many the neighbours have (9.2.1). The first macroblock counts
            // as having 16; a macroblock to the right of it or below it has no other neighbour.
            if number == 1 && columns > 1 || number == columns {
                bits.number(0b11, 6);
            } else {
                bits.number(0b1, 1);
            }
        }
    }
}

/// Writes how the pictures are to be displayed (E.1.1): BT.709 colours and a fixed rate.
fn usability(bits: &mut Bits) {
    bits.bit(true); // aspect_ratio_info_present_flag
    bits.number(1, 8); // aspect_ratio_idc: square pixels
    bits.bit(false); // overscan_info_present_flag
    bits.bit(true); // video_signal_type_present_flag
    bits.number(5, 3); // video_format: unspecified
    bits.bit(false); // video_full_range_flag
    bits.bit(true); // colour_description_present_flag
    for _ in ["colour_primaries", "transfer_characteristics", "matrix"] {
        bits.number(1, 8); // BT.709
    }
    bits.bit(false); // chroma_loc_info_present_flag
    bits.bit(true); // timing_info_present_flag
    bits.number(1, 32); // num_units_in_tick
    bits.number(u64::from(FRAME_RATE) * 2, 32); // time_scale: fields a second
    bits.bit(true); // fixed_frame_rate_flag
    bits.bit(false); // nal_hrd_parameters_present_flag
    bits.bit(false); // vcl_hrd_parameters_present_flag
    bits.bit(false); // pic_struct_present_flag
    bits.bit(true); // bitstream_restriction_flag
    bits.bit(true); // motion_vectors_over_pic_boundaries_flag
    bits.unsigned(0); // max_bytes_per_pic_denom: no bound
    bits.unsigned(0); // max_bits_per_mb_denom: no bound
    bits.unsigned(0); // log2_max_mv_length_horizontal: nothing moves
    bits.unsigned(0); // log2_max_mv_length_vertical
    bits.unsigned(0); // max_num_reorder_frames: shown as soon as decoded
    bits.unsigned(1); // max_dec_frame_buffering
}

/// Writes a unit of the stream: header, content with its end mark, and a byte 3 wherever the content could be taken
/// for a start code (7.3.1, 7.4.1).
fn unit(header: u8, mut bits: Bits) -> Vec<u8> {
    bits.bit(true);
    let content = bits.finish();
    let mut unit = Vec::with_capacity(content.len() + 8);
    unit.push(header);
    let mut zeros = 0;
    for byte in content {
        if zeros >= 2 && byte <= 3 {
            unit.push(3);
            zeros = 0;
        }
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        unit.push(byte);
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(width: u32, height: u32) -> Stream {
        Stream::new(&Video {
            seconds: 5,
            width,
            height,
            sound: false,
        })
    }

    #[test]
    fn the_level_is_the_lowest_for_the_size() {
        let level = |width, height| stream(width, height).level();
        assert_eq!(level(176, 144), 11, "99 macroblocks, but 2376 a second");
        assert_eq!(level(1280, 720), 31);
        assert_eq!(level(1920, 1080), 40);
        assert_eq!(level(1080, 1920), 40);
        assert_eq!(level(4320, 1080), 50);
        assert_eq!(level(4320, 2), 50, "the side bounds it");
        assert_eq!(level(4320, 4320), 60);
    }

    #[test]
    fn nothing_in_a_unit_looks_like_its_begin() {
        let mut bits = Bits::default();
        bits.aligned([0, 0, 0, 0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0, 4]);
        assert_eq!(
            unit(PICTURE, bits),
            [
                PICTURE, 0, 0, 3, 0, 0, 3, 0, 1, 0, 0, 3, 2, 0, 0, 3, 3, 0, 0, 4, 0x80
            ]
        );
    }

    #[test]
    fn a_picture_takes_a_byte_a_macroblock_once() {
        let stream = stream(1920, 1080);
        let first = stream.picture(0).len();
        assert!((8160..8700).contains(&first), "{first}");
        for number in 1..40 {
            let later = stream.picture(number).len();
            assert!(later <= 12, "{number}: {later}");
        }
        assert_eq!(stream.picture(3), stream.picture(19));
        assert_ne!(stream.picture(3), stream.picture(4));
    }
}
