#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace streams::demo {

/// Somebody who writes, reviews or stars; invented.
struct Person {
    std::int64_t id = 0;
    std::string login;
    std::string name;
    std::string email;
    std::string type;  ///< User, Bot or Organization.
};

/// How many of the people have names; whoever comes after them is numbered.
inline constexpr std::size_t kNamedPeople = 16;

/// The person number `index`, of endlessly many.
Person person(std::size_t index);

/// The organization that owns repositories; `login` decides everything about it.
Person organization(const std::string& login);

/// A user in GitHub's shape; `api` is the address of this server, without a slash at its end.
std::string user_json(const Person& person, const std::string& api);

/// GitHub's older form of a global id: base64 of `05:Issue1000`.
std::string node_id(const std::string& type, std::int64_t id);

std::string base64_of(const std::string& text);

}  // namespace streams::demo
