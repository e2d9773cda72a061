# Writes TO: the text of FROM as a C++ string, in pieces that every compiler takes.
file(READ ${FROM} text)
string(LENGTH "${text}" length)
set(pieces "")
set(at 0)
while(at LESS length)
    string(SUBSTRING "${text}" ${at} 8000 piece)
    string(APPEND pieces "    R\"MANIFEST(${piece})MANIFEST\"\n")
    math(EXPR at "${at} + 8000")
endwhile()
file(WRITE ${TO} "#pragma once\n\n#include <string_view>\n\nnamespace streams {\n\n"
    "inline constexpr std::string_view kEmbeddedManifest =\n${pieces};\n\n}  // namespace streams\n")
