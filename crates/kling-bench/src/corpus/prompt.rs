//! Prompts: whole sentences in several languages, with line ends, quotes and placeholders.

use super::print::{Style, length_in_string};
use crate::random::Random;

const SUBJECTS: &[&str] = &[
    "A golden retriever",
    "An old lighthouse keeper in a yellow raincoat",
    "A small red sailing boat",
    "The ceramic cup on the table",
    "A dancer in a flowing silver dress",
    "A robot made of brass and glass",
    "The last train of the evening",
    "A chef with rolled-up sleeves",
];
const ACTIONS: &[&str] = &[
    "runs along",
    "turns slowly towards the camera in",
    "drifts across",
    "pauses for a moment in",
    "looks back once and leaves",
    "rises gently above",
    "waits under the lamps of",
];
const PLACES: &[&str] = &[
    "a beach at sunset",
    "a rain-soaked street in Tokyo",
    "a quiet mountain lake",
    "a busy farmers' market",
    "an empty theatre",
    "a field of lavender",
    "a narrow alley full of neon signs",
];
const ENDINGS: &[&str] = &[
    "warm backlight, shallow depth of field, 35mm film grain",
    "slow dolly in, handheld feel",
    "soft morning haze, pastel colours",
    "cinematic lighting, slow motion",
    "the camera circles once and stops on the face",
    "high contrast, wet reflections on the pavement",
];
const EXTRAS: &[&str] = &[
    "She says: \"We are late again,\" and laughs.",
    "Shot 2: cut to a close-up of the hands – no text, no logo.",
    "The sign above the door reads \"Café Été\".",
    "Keep the background still; only the hair and the fabric move.",
    "Style: documentary, natural colours, 24 fps look.",
    "The mood is calm \u{2728}\u{1F30A}",
];
const CHINESE: &[&str] = &[
    "一只金毛犬在夕阳下的海滩上奔跑，电影质感，浅景深。",
    "镜头缓缓推近，少女回头微笑，发丝随风飘动。",
    "雨夜的东京街头，霓虹灯倒映在湿润的路面上。",
    "老茶馆里热气升腾，茶师慢慢倒水，暖色调，柔和光线。",
    "无人机航拍，云海翻涌，远处的雪山被朝阳染成金色。",
    "保持人物面部一致，背景不变，画面稳定，无字幕。",
    "她轻声说：“我们走吧。”然后转身离开。",
];
const OTHERS: &[&[&str]] = &[
    &[
        "夕暮れの海辺を一匹の柴犬がゆっくり歩く。映画のような光。",
        "カメラは少女の横顔から窓の外の雪へ静かに移動する。",
        "古い駅のホーム、最終列車が霧の中へ消えていく。",
    ],
    &[
        "비 내리는 서울의 밤거리, 네온사인이 젖은 도로에 비친다.",
        "카메라가 천천히 다가가고 아이는 창밖을 바라본다.",
        "한복을 입은 무용수가 빈 무대에서 천천히 돈다.",
    ],
    &[
        "Eine alte Straßenbahn fährt über die Brücke, Nebel über dem Fluss, ruhige Kamerafahrt.",
        "Die Bäckerin öffnet den Ofen, Dampf steigt auf, warmes Licht von links.",
        "Schnitt auf die Hände; der Hintergrund bleibt unscharf.",
    ],
    &[
        "Un niño corre por la playa con una cometa roja; cámara lenta, luz cálida del atardecer.",
        "La cámara sube despacio sobre los tejados mientras amanece.",
        "Una anciana pela naranjas en la cocina, polvo en la luz de la ventana.",
    ],
    &[
        "Старый маяк на скале, волны разбиваются о камни, медленный пролёт камеры.",
        "Девушка в красном пальто идёт по заснеженной улице и оборачивается.",
        "Тёплый свет лампы, на столе остывает чай, за окном метель.",
    ],
    &[
        "قارب صغير يعبر النهر عند الغروب، حركة كاميرا هادئة.",
        "طفلة تركض في سوق قديم بين الأقمشة الملونة.",
        "تقترب الكاميرا ببطء من يدي الحرفي وهو ينقش النحاس.",
    ],
];
const MENTIONS: &[(&str, &str)] = &[
    ("The subject of ", " enters the frame. "),
    ("Use ", " as it is, without changing its colours. "),
    ("Then show ", " from the side. "),
    ("让", "中的主体保持一致。"),
    ("Move ", " slowly to the left; "),
];
const NEGATIVE: &[&str] = &[
    "blurry, low quality, distorted hands, watermark, text",
    "extra fingers, flicker, jump cuts, overexposed sky",
    "模糊，变形，多余的手指，水印，字幕",
];

/// Writes a prompt of about `room` bytes inside its quotes, which mentions the marks in their order.
pub(super) fn write(random: &mut Random, marks: &[String], room: usize, style: Style) -> String {
    let mut prompt = String::new();
    let mut length = 0;
    let mut add = |part: &str| {
        prompt.push_str(part);
        length += length_in_string(part, style);
        length
    };
    for mark in marks {
        let (before, after) = MENTIONS[random.index(MENTIONS.len())];
        add(before);
        add(mark);
        add(after);
    }
    let language = random.index(100);
    let gap = if random.chance(15) { "\n" } else { " " };
    while add(&sentence(random, language)) < room {
        add(gap);
    }
    prompt
}

/// Returns what a video should not show.
pub(super) fn negative(random: &mut Random) -> &'static str {
    random.pick(NEGATIVE)
}

/// Writes a sentence. The languages have roughly their shares of the public examples.
fn sentence(random: &mut Random, language: usize) -> String {
    match language {
        0..60 if random.chance(20) => random.pick(EXTRAS).to_owned(),
        0..60 => format!(
            "{} {} {}, {}.",
            random.pick(SUBJECTS),
            random.pick(ACTIONS),
            random.pick(PLACES),
            random.pick(ENDINGS)
        ),
        60..82 => random.pick(CHINESE).to_owned(),
        language => {
            // A writer keeps to one language, except for a closing word or two.
            let list = if random.chance(90) {
                OTHERS[language % OTHERS.len()]
            } else {
                ENDINGS
            };
            random.pick(list).to_owned()
        }
    }
}
