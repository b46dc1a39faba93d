//! The JSON Schema of the service's answers.

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::answer::{ApiError, Task};
use crate::balance::Balance;
use crate::upload::UploadAnswer;

/// Returns a JSON Schema (Draft 2020-12) of the service's answers as this crate reads them: `$defs` has `Task` (the
/// answer to a submit and to a status), `UploadAnswer`, `Balance` and `ErrorAnswer`, and the schema itself accepts any
/// of them. No member is required, since the service promises none, and unknown ones are allowed.
///
/// ```
/// let schema = kling_http::answers_schema();
/// assert!(schema["$defs"]["Task"]["properties"]["status"].is_object());
/// ```
pub fn answers_schema() -> Value {
    let mut generator = SchemaGenerator::new(SchemaSettings::draft2020_12());
    generator.subschema_for::<Task>();
    generator.subschema_for::<UploadAnswer>();
    generator.subschema_for::<Balance>();
    generator.subschema_for::<ApiError>();
    let mut defs: Map<String, Value> = generator.take_definitions(true);
    defs.insert(
        "SubmitAnswer".to_owned(),
        json!({
            "description": "The answer to a submit: the task, mostly queued.",
            "$ref": "#/$defs/Task",
        }),
    );
    defs.insert(
        "ErrorAnswer".to_owned(),
        json!({
            "description": "An answer that is an error, with any status.",
            "type": "object",
            "properties": {
                "error": {"anyOf": [{"$ref": "#/$defs/Error"}, {"type": "string"}]},
                "success": {"const": false},
                "message": {"type": "string"},
            },
        }),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of the video service",
        "description": "What the service answers, as the client reads it: fields may be missing, and unknown ones are kept.",
        "anyOf": [
            {"$ref": "#/$defs/Task"},
            {"$ref": "#/$defs/SubmitAnswer"},
            {"$ref": "#/$defs/UploadAnswer"},
            {"$ref": "#/$defs/Balance"},
            {"$ref": "#/$defs/ErrorAnswer"},
        ],
        "$defs": defs,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::answers_schema;

    /// Whether a value is valid under the definition with this name.
    fn is(name: &str, value: &Value) -> bool {
        let mut schema = answers_schema();
        let members = schema.as_object_mut().unwrap();
        members.remove("anyOf");
        members.insert("$ref".to_owned(), json!(format!("#/$defs/{name}")));
        jsonschema::validator_for(&schema).unwrap().is_valid(value)
    }

    #[test]
    fn the_documented_answers_are_valid() {
        let submit = json!({"id": "video_1", "object": "generation.task", "model": "kling-v3", "status": "queued", "progress": 0, "created_at": 1_768_380_224, "metadata": {}});
        let status = json!({"id": "video_1", "status": "completed", "progress": 100, "expires_at": 1_768_466_624,
            "result": {"type": "video", "data": [{"url": "https://example.com/x.mp4", "format": "mp4"}]},
            "billing": {"status": "settled", "credits": "1.5", "cost_usd": "0.0075"}});
        let failed = json!({"id": "video_1", "status": "failed", "error": {"code": "generation_failed", "message": "no"}});
        for task in [submit, status, failed] {
            assert!(is("Task", &task) && is("SubmitAnswer", &task), "{task}");
        }
        assert!(is(
            "UploadAnswer",
            &json!({"success": true, "message": "", "data": {"id": "u", "url": "https://example.com/a.jpg", "mime_type": "image/jpeg", "size": 89_234}})
        ));
        assert!(is(
            "Balance",
            &json!({"success": true, "remain_balance": 10.5, "used_balance": 2.3, "unlimited_quota": false,
                "remain_credits": 2100, "used_credits": 460.5, "credits_per_usd": 200})
        ));
        for error in [
            json!({"error": {"code": 401, "message": "no", "type": "authentication_error"}}),
            json!({"error": {"code": "x"}}),
            json!({"error": "no"}),
            json!({"success": false, "message": "no"}),
        ] {
            assert!(is("ErrorAnswer", &error), "{error}");
        }
    }

    #[test]
    fn what_is_not_an_answer_is_not_valid() {
        assert!(!is("Task", &json!({"id": 5})));
        assert!(!is("Task", &json!([])));
        assert!(!is("Balance", &json!({"remain_balance": "10.5"})));
        assert!(!is("ErrorAnswer", &json!({"error": {"code": true}})));
    }
}
