#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/json.h"
#include "streams/error.h"

namespace streams::manifest {

/// Where something stands in a manifest.
struct Place {
    int line = 0;  ///< From 1; 0: nowhere.
    int column = 0;
};

/// A YAML value that knows its place. Aliases and merges (`<<`) are resolved.
struct Node {
    enum class Kind : std::uint8_t { Null, Scalar, List, Map };
    struct Member;

    Kind kind = Kind::Null;
    bool quoted = false;  ///< Of Scalar: written so that it is a text, whatever it looks like.
    std::string text;     ///< Of Scalar.
    Place place;
    std::vector<Node> items;      ///< Of List.
    std::vector<Member> members;  ///< Of Map, in order.

    bool is_map() const { return kind == Kind::Map; }
    bool is_list() const { return kind == Kind::List; }
    bool is_scalar() const { return kind == Kind::Scalar; }

    const Node* find(std::string_view name) const;
    Node* find(std::string_view name);
    void set(std::string_view name, Node value);
    void remove(std::string_view name);

    /// The text of a scalar member, or empty.
    std::string_view text_of(std::string_view name) const;
};

struct Node::Member {
    std::string name;
    Place place;
    Node value;
};

/// Reads a YAML (or JSON) document. **Errors.** Config `manifest-syntax` with file:line:column, and
/// `manifest-too-large`. **Limits.** 100 levels, 200,000 values after aliases are resolved.
Result<Node> parse_yaml(const std::string& file, const std::string& text);

/// The value as JSON: plain scalars become numbers, booleans and null as YAML's core schema says.
Json json_of(const Node& node);

/// `acme.yaml:41:13`.
std::string shown_place(std::string_view file, Place place);

}  // namespace streams::manifest
