#include "manifest/template.h"

#include <algorithm>
#include <fmt/format.h>

#include "program/command_line.h"
#include "streams_templates.h"

namespace streams::manifest {
namespace {

constexpr std::size_t kBytesMax = std::size_t{1} << 20;
constexpr int kText = 0;
constexpr int kValue = 1;
constexpr int kCondition = 2;

std::string taken(streams_text text) {
    std::string copy = text.data == nullptr ? std::string() : std::string(text.data, text.size);
    streams_text_free(text);
    return copy;
}

streams_template* handle_of(void* compiled) {
    return static_cast<streams_template*>(compiled);
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t start = 0; start < text.size();) {
        const std::size_t end = std::min(text.find('\n', start), text.size());
        lines.push_back(text.substr(start, end - start));
        start = end + 1;
    }
    return lines;
}

// `record`, `response`, ... are one thing under several names.
std::string_view canonical(std::string_view name) {
    if (name == "stream_slice" || name == "stream_interval") return "stream_partition";
    if (name == "options") return "parameters";
    return name;
}

}  // namespace

Scope Scope::with(std::string_view name, const Json& value) const {
    Scope scope = *this;
    scope.names_.emplace_back(name, &value);
    return scope;
}

const Json* Scope::find(std::string_view name) const {
    for (auto entry = names_.rbegin(); entry != names_.rend(); ++entry) {
        if (entry->first == name) return entry->second;
    }
    return nullptr;
}

void Template::Free::operator()(void* compiled) const {
    streams_template_free(handle_of(compiled));
}

Result<Template> Template::compile(const std::string& file, const Node& text,
                                   const Node* parameters,
                                   const std::vector<std::string_view>& allowed) {
    Template made;
    made.file_ = file;
    made.source_ = text.text;
    made.place_ = text.place;
    if (text.text.find("{{") == std::string::npos && text.text.find("{%") == std::string::npos) {
        return made;
    }
    if (parameters != nullptr) made.parameters_ = json_of(*parameters);
    streams_text reason{};
    std::uint32_t line = 0;
    made.compiled_.reset(
        streams_template_compile(text.text.data(), text.text.size(), &reason, &line));
    if (!made.compiled_) {
        auto refused = fail(ErrorKind::Config, "template-syntax", taken(reason));
        refused.error().where = shown_place(file, text.place);
        refused.error().why = text.text;
        return refused;
    }
    made.variables_ = lines_of(taken(streams_template_variables(handle_of(made.compiled_.get()))));
    for (const std::string& name : made.variables_) {
        const std::string_view meant = canonical(name);
        if (meant == "config" || meant == "parameters" ||
            std::ranges::find(allowed, meant) != allowed.end()) {
            continue;
        }
        auto refused = fail(ErrorKind::Config, "template-variable",
                            fmt::format("nothing here is called \"{}\"", name));
        std::vector<std::string> names = {"config", "parameters"};
        names.insert(names.end(), allowed.begin(), allowed.end());
        const std::string near = nearest(name, names);
        refused.error().where = shown_place(file, text.place);
        if (!near.empty()) refused.error().remedy = "did you mean \"" + near + "\"?";
        return refused;
    }
    return made;
}

std::string Template::context(const Scope& scope) const {
    std::string out = "{";
    for (const std::string& name : variables_) {
        const std::string_view meant = canonical(name);
        const Json* value = meant == "parameters" ? &parameters_ : scope.find(meant);
        if (value == nullptr) continue;
        if (out.size() > 1) out += ',';
        quote_json(out, name);
        out += ':';
        value->dump_to(out);
    }
    out += '}';
    return out;
}

Result<std::string> Template::render(const Scope& scope, int wanted) const {
    const std::string given = context(scope);
    const streams_render request{given.data(), given.size(), kBytesMax, scope.now_us(), wanted};
    streams_text out{};
    std::uint32_t line = 0;
    const bool done =
        streams_template_render(handle_of(compiled_.get()), &request, &out, &line) != 0;
    std::string text = taken(out);
    if (done) return text;
    auto refused = fail(ErrorKind::Data, "template-failed", "template: " + text);
    refused.error().where = shown_place(file_, place_);
    refused.error().why = source_;
    return refused;
}

Result<std::string> Template::text(const Scope& scope) const {
    if (!compiled_) return source_;
    return render(scope, kText);
}

Result<Json> Template::value(const Scope& scope) const {
    if (!compiled_) return Json::text(source_);
    const auto text = render(scope, kValue);
    if (!text) return std::unexpected(text.error());
    return parse_json(*text);
}

Result<bool> Template::holds(const Scope& scope) const {
    if (!compiled_) return !source_.empty() && source_ != "False" && source_ != "false";
    const auto text = render(scope, kCondition);
    if (!text) return std::unexpected(text.error());
    return *text == "true";
}

}  // namespace streams::manifest
