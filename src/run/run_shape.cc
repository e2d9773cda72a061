#include "run/run_plan.h"

namespace streams {
namespace {

using Kind = Setting::Kind;

Option option(std::string name, std::string value, std::string description) {
    return {.setting = {.name = std::move(name), .description = std::move(description)},
            .value = std::move(value)};
}

Option list(std::string name, std::string value, std::string description) {
    auto made = option(std::move(name), std::move(value), std::move(description));
    made.setting.kind = Kind::List;
    return made;
}

Option flag(std::string name, std::string description) {
    auto made = option(std::move(name), {}, std::move(description));
    made.setting.kind = Kind::Boolean;
    return made;
}

Option number(std::string name, std::string value, std::string description) {
    auto made = option(std::move(name), std::move(value), std::move(description));
    made.setting.kind = Kind::Integer;
    return made;
}

Option with_letter(Option made, char letter) {
    made.letter = letter;
    return made;
}

Option with_choices(Option made, std::vector<std::string> choices) {
    made.setting.choices = std::move(choices);
    made.value.clear();
    return made;
}

}  // namespace

ProgramShape run_shape(const std::string& version) {
    ProgramShape shape{.program = "streams run",
                       .version = version,
                       .spec = Spec("run", "Moves the records of a source to a destination."),
                       .operands = "SOURCE DESTINATION"};
    auto& options = shape.options;
    options.push_back(list("set", "K=V", "A setting of the source; may be repeated."));
    options.push_back(
        with_letter(list("config", "FILE", "Settings of the source, JSON or YAML."), 'c'));
    options.push_back(list("to", "K=V", "A setting of the destination; may be repeated."));
    options.push_back(list("stream", "PATTERN", "Only these streams; '!x' leaves x out."));
    options.push_back(list("refresh", "STREAM", "Load this stream anew, as a whole."));
    options.push_back(
        option("pipeline", "NAME", "The name of the pipeline; default: the source's."));
    options.push_back(option("schema", "NAME", "Where the tables go."));
    options.push_back(with_choices(option("load", {}, "How rows are stored."),
                                   {"append", "upsert", "overwrite"}));
    options.push_back(
        with_choices(option("on_bad_record", {}, "What a bad record does."), {"stop", "reject"}));
    options.push_back(option("memory", "SIZE", "What the persister may use; 128MB by default."));
    options.push_back(number("limit", "N", "A rehearsal with N records of each stream."));
    options.push_back(option("wait", "TIME", "How long to wait for another run; 10s by default."));
    options.push_back(with_letter(flag("dry_run", "Store nothing, say what would be."), 'n'));
    options.push_back(flag("adopt", "Take over tables that were not made by us."));
    options.push_back(flag("same_source", "The source has moved, and is still the same."));
    options.push_back(flag("singer", "The source is a Singer tap, whatever its name."));
    options.push_back(flag("json", "A report on standard output."));
    options.push_back(
        option("report", "FILE", "The same report, and what took how long, in FILE."));
    options.push_back(option("run", "ID", "The run's id, of a retry."));
    options.back().hidden = true;
    shape.examples = {
        "streams run github sqlite:github.db --set repo_path=OWNER/REPO",
        "streams run 'tap-postgres --config pg.json' sqlite:shop.db --stream 'public-*'"};
    return shape;
}

}  // namespace streams
