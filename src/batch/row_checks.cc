// What is asked of values besides that a column takes them.

#include "batch/row_writer.h"
#include "message/json_scanner.h"
#include "schema/validator.h"

namespace streams {

bool RowWriter::judge_escapes(MemberPlan& member, std::string_view raw) {
    const Unescaped done = check_escapes(raw);
    if (done == Unescaped::Surrogate) refuse_surrogate(member, raw);
    return done != Unescaped::Syntax;
}

// What the schema asks besides the kind.
void RowWriter::check(std::int32_t node, std::string_view field, std::string_view token) {
    if (verdict_ == Verdict::Refused) return;
    const std::string_view value = trim_json(token);
    CheckFault fault;
    if (shape_->rules().validator->check(node, value, fault)) return;
    const std::string place = fault.path.empty() ? "" : "at " + fault.path + ": ";
    refuse(field, value, "record-schema", place + fault.what);
}

void RowWriter::check_whole(std::int32_t node, std::string_view record) {
    CheckFault fault;
    if (shape_->rules().validator->check(node, record, fault)) return;
    refuse({}, {}, "record-schema", {});
    const std::string place = fault.path.empty() ? "" : "at " + fault.path + ": ";
    refusal_.error.what = "stream \"" + shape_->stream().name + "\": " + place + fault.what;
}

void RowWriter::refuse_missing() {
    for (const MemberPlan& member : plan_.members()) {
        if (!member.required || member.seen == serial_) continue;
        if (member.is_key) {
            refuse(plan_.path(member), {}, "key-missing", "the key's field is missing");
        } else {
            refuse(plan_.path(member), {}, "record-required",
                   "the schema requires it, and it is missing");
        }
        return;
    }
}

}  // namespace streams
