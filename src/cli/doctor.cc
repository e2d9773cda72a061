#include "cli/doctor.h"

#include <array>
#include <filesystem>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/process.h"
#include "program/critical.h"
#include "program/exit_status.h"
#include "program/quantity.h"
#include "program/settings.h"

namespace streams {
namespace {

constexpr std::uintmax_t kRoomMin = std::uintmax_t{100} << 20;

// Each finding is a line; a remedy makes it something that is missing.
class Findings {
 public:
    void add(std::string_view name, const std::string& text, const std::string& remedy = {}) {
        std::string cell(name);
        cell.resize(13, ' ');
        text_ += cell + printable(text) + '\n';
        if (remedy.empty()) return;
        text_ += "  do     " + printable(remedy) + '\n';
        ++missing_;
    }

    int missing() const { return missing_; }
    const std::string& text() const { return text_; }

 private:
    std::string text_;
    int missing_ = 0;
};

void look_at_programs(const ProgramFinder& finder, Findings& findings) {
    const auto look = [&](std::string_view name, std::string_view prefix) {
        std::string names;
        for (const auto& program : finder.list(prefix)) {
            names += (names.empty() ? "" : " ") + program.substr(prefix.size());
        }
        if (names.empty()) {
            findings.add(name, "none", "build them, or add their folder to the PATH");
        } else {
            findings.add(name, names);
        }
    };
    look("sources", "stream-");
    look("destinations", "persist-");
    const auto beside = finder.folder;
    const auto first = find_program("streams", {}, finder.path);
    std::error_code failed;
    const bool is_ours =
        !first.empty() &&
        std::filesystem::equivalent(first, std::filesystem::path(beside) / "streams", failed);
    if (first.empty()) {
        findings.add("path", "streams is not on the PATH", "export PATH=\"" + beside + ":$PATH\"");
    } else if (!is_ours) {
        findings.add("path", "another streams comes first: " + first,
                     "export PATH=\"" + beside + ":$PATH\"");
    } else {
        findings.add("path", "streams is found");
    }
}

// The files that libcurl and OpenSSL are built to look for.
void look_at_certificates(const Environment& environment, Findings& findings) {
    const auto named = environment.find("SSL_CERT_FILE").value_or("");
    for (const auto& file : {named, std::string("/etc/ssl/certs/ca-certificates.crt"),
                             std::string("/etc/pki/tls/certs/ca-bundle.crt")}) {
        if (file.empty() || !file_exists(file)) continue;
        findings.add("certificates", file);
        return;
    }
    findings.add("certificates", "none: no https source can be trusted",
                 "install the package ca-certificates");
}

void look_at_folder(std::string_view name, const std::string& folder, Findings& findings) {
    auto there = std::filesystem::path(folder.empty() ? "." : folder);
    while (!there.empty() && !file_exists(there.string())) there = there.parent_path();
    const auto place = there.empty() ? std::string(".") : there.string();
    std::error_code failed;
    const auto room = std::filesystem::space(place, failed).available;
    if (::access(place.c_str(), W_OK | X_OK) != 0) {
        findings.add(name, folder + " may not be written", "give yourself the right to " + place);
    } else if (!failed && room < kRoomMin) {
        findings.add(name, folder + ": " + bytes_text(room) + " free", "make room");
    } else {
        findings.add(name, folder + (failed ? "" : ": " + bytes_text(room) + " free"));
    }
}

void look_at_folders(const Environment& environment, Findings& findings) {
    look_at_folder("temporary", environment.find("TMPDIR").value_or("/tmp"), findings);
    const auto home = environment.find("HOME").value_or(".");
    const auto states = environment.find("XDG_STATE_HOME").value_or("");
    look_at_folder("state", states.empty() ? home + "/.local/state/streams" : states + "/streams",
                   findings);
    look_at_folder("here", ".", findings);
}

}  // namespace

int doctor_command(const std::vector<std::string>& arguments, const ProgramFinder& finder) {
    if (!arguments.empty()) {
        return print_critical(
            {ErrorKind::Config, "usage", "streams doctor takes no arguments", {}, {}, {}});
    }
    const auto environment = process_environment();
    Findings findings;
    look_at_programs(finder, findings);
    look_at_certificates(environment, findings);
    look_at_folders(environment, findings);
    const auto missing = findings.missing();
    const auto last = missing == 0
                          ? std::string("Done   nothing is missing\n")
                          : "Done   " + std::to_string(missing) +
                                (missing == 1 ? " thing is missing\n" : " things are missing\n");
    auto written = write_all(STDOUT_FILENO, findings.text() + last, "standard output");
    if (!written) return print_critical(written.error());
    return static_cast<int>(missing == 0 ? ExitStatus::Done : ExitStatus::Failed);
}

}  // namespace streams
