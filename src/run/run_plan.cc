#include "run/run_plan.h"

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <sys/random.h>

#include "base/hash.h"
#include "base/log.h"
#include "program/config_file.h"
#include "program/quantity.h"
#include "program/setting_value.h"
#include "program/url.h"
#include "run/capture.h"
#include "run/catalog.h"
#include "run/dotenv.h"
#include "run/log_relay.h"
#include "run/secret_words.h"
#include "run/shell_words.h"

namespace streams {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kFileBytesMax = std::size_t{16} << 20;

bool has_ability(const std::optional<Json>& description, std::string_view name) {
    return description && streams::has_ability(*description, name);
}

std::string random_id() {
    std::array<unsigned char, 8> bytes = {};
    ensure(::getrandom(bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()),
           "the system has chance to give");
    std::string id;
    for (const auto byte : bytes) {
        id += "0123456789abcdef"[byte >> 4];
        id += "0123456789abcdef"[byte & 15];
    }
    return id;
}

std::string absolute(const std::string& path) {
    std::array<char, PATH_MAX> resolved = {};
    return ::realpath(path.c_str(), resolved.data()) == nullptr ? path
                                                                : std::string(resolved.data());
}

std::unexpected<Error> wrong_usage(std::string what, std::string remedy) {
    return std::unexpected(
        Error{ErrorKind::Config, "usage", std::move(what), {}, {}, std::move(remedy)});
}

// The value of a flag in someone's command: `--config X`, `--config=X`.
std::string flag_value(const std::vector<std::string>& command,
                       std::initializer_list<std::string_view> flags) {
    for (std::size_t index = 1; index < command.size(); ++index) {
        for (const auto flag : flags) {
            if (command[index] == flag && index + 1 < command.size()) return command[index + 1];
            const auto& word = command[index];
            if (word.starts_with(flag) && word.size() > flag.size() && word[flag.size()] == '=') {
                return word.substr(flag.size() + 1);
            }
        }
    }
    return {};
}

class PlanMaker {
 public:
    PlanMaker(const CommandLine& line, Environment environment, Refusal& refusal)
        : options_(line.options),
          operands_(line.operands),
          environment_(std::move(environment)),
          refusal_(refusal) {}

    Result<RunPlan> make() {
        STREAMS_TRY(read_dotenv());
        const auto finder = finder_of(environment_);
        auto source = find_source(operands_[0], finder);
        if (!source) return std::unexpected(std::move(source).error());
        auto destination = find_destination(operands_[1], finder);
        if (!destination) return std::unexpected(std::move(destination).error());
        plan_.source = *std::move(source);
        plan_.destination = *std::move(destination);
        if (options_.boolean("singer")) plan_.source.is_tap = true;
        STREAMS_TRY(make_folder());
        STREAMS_TRY(ask_programs());
        STREAMS_TRY(make_streamer());
        STREAMS_TRY(make_persister());
        STREAMS_TRY(select());
        STREAMS_TRY(keep_state());
        gather_facts();
        return std::move(plan_);
    }

 private:
    Result<> read_dotenv() {
        STREAMS_TRY(add_dotenv_of_folder(environment_));
        plan_.environment = pairs_of(environment_);
        return {};
    }

    Result<> make_folder() {
        auto folder = TemporaryFolder::make(environment_.find("TMPDIR").value_or("/tmp"));
        if (!folder) return std::unexpected(std::move(folder).error());
        plan_.folder = *std::move(folder);
        return {};
    }

    Result<> ask_programs() {
        if (plan_.source.is_streamer) {
            auto can = describe_program(plan_.source.arguments);
            if (!can) return std::unexpected(std::move(can).error());
            source_can_ = *std::move(can);
        }
        if (plan_.destination.is_persister) {
            auto can = describe_program(plan_.destination.arguments);
            if (!can) return std::unexpected(std::move(can).error());
            destination_can_ = *std::move(can);
        }
        plan_.streamer_reports = has_ability(source_can_, "report");
        plan_.persister_ends = has_ability(destination_can_, "end");
        has_ledger_ =
            plan_.persister_ends && destination_can_ && destination_can_->value("tier", "") == "A";
        const auto limit = options_.integer("limit");
        plan_.refresh = options_.list("refresh");
        plan_.starts_from_none = limit > 0 || options_.text("load") == "overwrite";
        return {};
    }

    Result<> make_streamer() {
        plan_.streamer = plan_.source.arguments;
        if (!source_can_) return make_foreign_streamer();
        plan_.streamer = with_word(plan_.streamer, "sync");
        auto flags = flags_of_pairs(options_.list("set"), "--set");
        std::string settings_file;
        if (!flags) return std::unexpected(std::move(flags).error());
        if (has_ability(source_can_, "arguments-fd")) {
            plan_.streamer_hidden = *std::move(flags);
        } else if (!flags->empty()) {
            auto config = merged_config({}, options_.list("set"));
            if (!config) return std::unexpected(std::move(config).error());
            auto path = plan_.folder.write("config.json", *config);
            if (!path) return std::unexpected(std::move(path).error());
            settings_file = *std::move(path);
        }
        for (const auto& file : options_.list("config")) add(plan_.streamer, "--config", file);
        if (!settings_file.empty()) add(plan_.streamer, "--config", settings_file);
        STREAMS_TRY(ask_identity());
        if (options_.integer("limit") > 0 && has_ability(source_can_, "limit")) {
            add(plan_.streamer, "--limit", options_.text("limit"));
        }
        return {};
    }

    // A program that is not ours takes one file of settings.
    Result<> make_foreign_streamer() {
        const auto files = options_.list("config");
        const auto pairs = options_.list("set");
        auto config = flag_value(plan_.streamer, {"--config", "-c"});
        if (pairs.empty() && files.size() <= 1) {
            if (!files.empty()) config = files[0];
            if (!files.empty()) add(plan_.streamer, "--config", config);
        } else {
            auto merged = merged_config(files, pairs);
            if (!merged) return std::unexpected(std::move(merged).error());
            auto path = plan_.folder.write("config.json", *merged);
            if (!path) return std::unexpected(std::move(path).error());
            add(plan_.streamer, "--config", *path);
            if (!files.empty()) config = files[0];
        }
        std::string text = plan_.source.name;
        if (!config.empty()) text += '\n' + absolute(config);
        source_print_ = sha256_hex(text);
        return {};
    }

    static Result<std::string> merged_config(const std::vector<std::string>& files,
                                             const std::vector<std::string>& pairs) {
        Json merged = Json::object();
        for (const auto& file : files) {
            auto text = read_file(file, kFileBytesMax);
            if (!text) return std::unexpected(std::move(text).error());
            auto config = parse_config(*text, file);
            if (!config) return std::unexpected(std::move(config).error());
            if (!config->is_object()) {
                return fail(ErrorKind::Config, "config-syntax", file + ": settings are an object");
            }
            merged.update(*config);
        }
        for (const auto& pair : pairs) {
            const auto equals = pair.find('=');
            if (equals == std::string::npos) {
                return wrong_usage("--set is NAME=VALUE", "such as --set repo_path=OWNER/REPO");
            }
            const auto value = pair.substr(equals + 1);
            auto json = Json::parse(value, nullptr, false);
            merged[pair.substr(0, equals)] = json.is_discarded() ? Json(value) : std::move(json);
        }
        return merged.dump(-1, ' ', false, Json::error_handler_t::replace);
    }

    // Settings that are wrong come to light here, before anything is started that stays.
    Result<> ask_identity() {
        if (has_ability(source_can_, "identity")) {
            auto answer = ask_source("identity");
            if (!answer) return std::unexpected(std::move(answer).error());
            source_print_ = answer->substr(0, answer->find('\n'));
        }
        if (source_print_.empty()) source_print_ = sha256_hex(plan_.source.name);
        return {};
    }

    Result<std::string> ask_source(const std::string& word) {
        auto captured =
            run_captured(with_word(plan_.streamer, word), plan_.environment, plan_.streamer_hidden);
        if (!captured) return std::unexpected(std::move(captured).error());
        if (!captured->exit.good()) return refuse(*captured, word);
        return std::move(captured->out);
    }

    std::unexpected<Error> refuse(const Captured& captured, const std::string& word) {
        LogRelay relay(plan_.source.name, LogRelay::Shows::Nothing);
        std::string_view log = captured.log;
        while (!log.empty()) {
            const auto end = std::min(log.find('\n'), log.size());
            static_cast<void>(relay.take(log.substr(0, end)));
            log.remove_prefix(std::min(end + 1, log.size()));
        }
        const bool ours = !relay.critical_id().empty();
        if (ours)
            refusal_ = {relay.critical(), captured.exit.status == 0 ? 1 : captured.exit.status};
        return std::unexpected(
            Error{ErrorKind::Failed,
                  "streamer-failed",
                  plan_.source.name + " could not " + word + ": " + to_text(captured.exit),
                  {},
                  relay.last_lines(),
                  {}});
    }

    Result<> make_persister() {
        plan_.persister = plan_.destination.arguments;
        auto& command = plan_.persister;
        if (!destination_can_) return check_foreign_persister();
        command = with_word(command, "sync");
        auto flags = flags_of_pairs(options_.list("to"), "--to");
        if (!flags) return std::unexpected(std::move(flags).error());
        if (!plan_.destination.url.empty()) flags->push_back("--url=" + plan_.destination.url);
        const bool hides = has_ability(destination_can_, "arguments-fd");
        if (hides) {
            plan_.persister_hidden = *std::move(flags);
        } else {
            command.insert(command.end(), flags->begin(), flags->end());
        }
        pipeline_ = options_.has("pipeline") ? options_.text("pipeline") : plan_.source.pipeline;
        run_id_ = options_.has("run") ? options_.text("run") : random_id();
        add(command, "--pipeline", pipeline_);
        if (!plan_.persister_ends) return {};
        add(command, "--run", run_id_);
        add(command, "--source-print", source_print_);
        for (const auto* name : {"schema", "memory", "on_bad_record", "load", "limit", "wait"}) {
            if (options_.has(name)) add(command, flag_of(name), options_.text(name));
        }
        for (const auto& stream : plan_.refresh) add(command, "--refresh", stream);
        for (const auto* name : {"same_source", "adopt", "dry_run"}) {
            if (options_.boolean(name)) command.push_back(flag_of(name));
        }
        return {};
    }

    Result<> check_foreign_persister() {
        pipeline_ = options_.has("pipeline") ? options_.text("pipeline") : plan_.source.pipeline;
        run_id_ = options_.has("run") ? options_.text("run") : random_id();
        for (const auto* name : {"schema", "memory", "on_bad_record", "load", "refresh", "to",
                                 "same_source", "adopt", "dry_run"}) {
            if (options_.has(name)) {
                return wrong_usage(plan_.destination.name +
                                       " is not one of our programs and does not "
                                       "know " +
                                       flag_of(name),
                                   "put its own flags into the command");
            }
        }
        if (options_.has("limit") && !source_can_) {
            return wrong_usage("neither program knows --limit", {});
        }
        return {};
    }

    Result<> select() {
        const auto patterns = options_.list("stream");
        plan_.facts.has_patterns = !patterns.empty();
        const bool has_catalog =
            !flag_value(plan_.streamer, {"--catalog", "--properties", "-p"}).empty();
        const bool ours =
            has_ability(source_can_, "discover") && has_ability(source_can_, "catalog");
        if (has_catalog && patterns.empty()) return {};
        if (ours && !patterns.empty()) return select_of(ask_source("discover"), "--catalog");
        if (ours) return count_streams();
        if (plan_.source.is_tap) return select_of_tap(patterns.empty());
        if (patterns.empty()) return {};
        return wrong_usage(plan_.source.name + " cannot select streams",
                           "is it a Singer tap? add --singer");
    }

    // For the first line, and for names that are to be right: a source that cannot say which
    // streams it has may still sync.
    Result<> count_streams() {
        if (options_.boolean("quiet") && plan_.refresh.empty()) return {};
        const auto found = run_captured(with_word(plan_.streamer, "discover"), plan_.environment,
                                        plan_.streamer_hidden);
        const auto catalog = Json::parse(found ? found->out : "", nullptr, false);
        if (!catalog.is_object() || !catalog.contains("streams")) return {};
        plan_.facts.discovered = catalog["streams"].size();
        plan_.facts.selected = plan_.facts.discovered;
        return check_streams(found->out, plan_.refresh, "--refresh");
    }

    Result<> select_of_tap(bool may_go_without) {
        auto command = plan_.streamer;
        command.emplace_back("--discover");
        auto captured = run_captured(command, plan_.environment);
        if (!captured) return std::unexpected(std::move(captured).error());
        const bool knows_none = captured->log.find("unrecognized arguments") != std::string::npos ||
                                captured->log.find("No such option") != std::string::npos;
        const bool is_catalog = Json::accept(captured->out);
        if (may_go_without && (knows_none || (captured->exit.good() && !is_catalog))) {
            log_info(plan_.source.name + " discovers nothing: it runs without a catalog");
            return {};
        }
        if (!captured->exit.good()) return refuse(*captured, "discover its streams");
        return select_of(std::move(captured->out), catalog_flag());
    }

    std::string catalog_flag() const {
        const auto help = run_captured({plan_.streamer[0], "--help"}, plan_.environment);
        const bool knows = !help || (help->out + help->log).find("--catalog") != std::string::npos;
        const bool knows_old =
            help && (help->out + help->log).find("--properties") != std::string::npos;
        return knows || !knows_old ? "--catalog" : "--properties";
    }

    Result<> select_of(Result<std::string> catalog, const std::string& flag) {
        if (!catalog) return std::unexpected(std::move(catalog).error());
        STREAMS_TRY(check_streams(*catalog, plan_.refresh, "--refresh"));
        auto selected = select_streams(*catalog, options_.list("stream"));
        if (!selected) return std::unexpected(std::move(selected).error());
        auto path = plan_.folder.write("catalog.json", selected->text);
        if (!path) return std::unexpected(std::move(path).error());
        add(plan_.streamer, flag, *path);
        plan_.facts.discovered = selected->discovered;
        plan_.facts.selected = selected->selected;
        return {};
    }

    Result<> keep_state() {
        if (has_ledger_ || options_.integer("limit") > 0 || options_.boolean("dry_run")) return {};
        auto wait = duration_of(options_.has("wait") ? options_.text("wait") : "10s");
        if (!wait) return std::unexpected(std::move(wait).error());
        const auto path = kept_state_path(environment_, pipeline_, operands_[1]);
        auto kept = KeptState::open(path, *wait);
        if (!kept) return std::unexpected(std::move(kept).error());
        plan_.kept = *std::move(kept);
        return {};
    }

    void gather_facts() {
        auto& facts = plan_.facts;
        facts.source = plan_.source.name;
        facts.destination = plan_.destination.name;
        facts.argument = plan_.destination.url.empty() ? operands_[1] : shown_url(operands_[1]);
        facts.pipeline = pipeline_;
        facts.run = run_id_;
        facts.is_tap = plan_.source.is_tap;
        facts.counts_rows = plan_.persister_ends;
        facts.can_show = has_ability(destination_can_, "show") && !plan_.destination.url.empty();
        facts.is_rehearsal = options_.integer("limit") > 0;
        facts.is_dry = options_.boolean("dry_run");
        facts.state_place = plan_.kept ? plan_.kept->path() : plan_.destination.name;
        facts.cron_command = cron_command();
    }

    static std::string shown_url(const std::string& url) {
        const bool has_user = without_credentials(url) != url.substr(0, url.find('?'));
        return has_user || looks_secret(url) ? without_credentials(url) : url;
    }

    // The same run again, from cron; empty where it would show a secret.
    std::string cron_command() const {
        std::string command =
            "streams run -q " + quoted_word(operands_[0]) + ' ' + quoted_word(operands_[1]);
        const auto add_list = [&](const char* name) {
            for (const auto& value : options_.list(name)) {
                command += ' ' + flag_of(name) + ' ' + quoted_word(value);
            }
        };
        for (const auto* name : {"set", "config", "to", "stream"}) add_list(name);
        for (const auto* name : {"pipeline", "schema", "load", "on_bad_record", "memory"}) {
            if (options_.has(name))
                command += ' ' + flag_of(name) + ' ' + quoted_word(options_.text(name));
        }
        if (options_.boolean("singer")) command += " --singer";
        const bool shows =
            looks_secret(operands_[0]) || looks_secret(operands_[1]) ||
            without_credentials(operands_[1]) != operands_[1].substr(0, operands_[1].find('?')) ||
            std::ranges::any_of(options_.list("set"), looks_secret) ||
            std::ranges::any_of(options_.list("to"), looks_secret);
        return shows ? std::string() : command;
    }

    static void add(std::vector<std::string>& command, std::string flag, std::string value) {
        command.push_back(std::move(flag));
        command.push_back(std::move(value));
    }

    const Settings& options_;
    const std::vector<std::string>& operands_;
    Environment environment_;
    Refusal& refusal_;
    RunPlan plan_;
    std::optional<Json> source_can_;
    std::optional<Json> destination_can_;
    bool has_ledger_ = false;
    std::string source_print_;
    std::string pipeline_;
    std::string run_id_;
};

}  // namespace

Result<RunPlan> make_run_plan(const CommandLine& line, Environment environment, Refusal& refusal) {
    return PlanMaker(line, std::move(environment), refusal).make();
}

Result<std::vector<std::string>> flags_of_pairs(const std::vector<std::string>& pairs,
                                                std::string_view flag) {
    std::vector<std::string> flags;
    for (const auto& pair : pairs) {
        const auto equals = pair.find('=');
        if (equals == std::string::npos || equals == 0) {
            return wrong_usage(std::string(flag) + " is NAME=VALUE",
                               "such as " + std::string(flag) + " repo_path=OWNER/REPO");
        }
        flags.push_back(flag_of(pair.substr(0, equals)) + pair.substr(equals));
    }
    return flags;
}

}  // namespace streams
