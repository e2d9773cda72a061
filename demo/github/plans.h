#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "demo/github/repository.h"

namespace streams::demo {

/// What whoever starts the server may choose.
struct Choices {
    std::size_t scale = 1;  ///< Multiplies the lists of the large repository.
    std::size_t later = 0;  ///< As `Plan::later`, for every repository.
};

/// The number of `octokit/demo`, to which the renamed repositories lead.
inline constexpr std::int64_t kDemoId = 1'296'201;

/// What `owner/name` holds; none for a repository that does not exist.
///
/// | repository                      | what it is                                           |
/// |---------------------------------|------------------------------------------------------|
/// | octokit/demo                    | 13 issues, 40 commits, nothing else                  |
/// | octokit/large                   | every list is filled, pull requests among the issues |
/// | octokit/cursors                 | as large; its issues are paged by `after`            |
/// | octokit/private                 | as demo; 404 without a token                         |
/// | fault/NAME, fault/NAME-anything | 130 issues, 250 commits, and the fault NAME  |
std::optional<Plan> plan_of(std::string_view owner, std::string_view name, const Choices& choices);

/// The same by number; knows those of the owner `octokit`.
std::optional<Plan> plan_of(std::int64_t id, const Choices& choices);

}  // namespace streams::demo
