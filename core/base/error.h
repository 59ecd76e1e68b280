#pragma once

#include <stdexcept>
#include <string>

namespace tercet {

/// What went wrong, in the parts that make one sentence for the user:
/// "WHERE: WHAT: expected EXPECTED, found FOUND; REMEDY." Empty parts are left out.
struct Fault {
    std::string where = {}; ///< file and place in it, array, stimulus, parameter
    std::string what = {};  ///< the failure itself when expected/found do not say it
    std::string expected = {};
    std::string found = {};
    std::string remedy = {}; ///< what the user can do
};

/// Base of everything Tercet throws on purpose, except Cancelled. what() is the user's sentence.
class Error : public std::runtime_error {
public:
    explicit Error(Fault fault);
    [[nodiscard]] const Fault& fault() const noexcept { return m_fault; }

private:
    Fault m_fault;
};

/// A file's content is not what its format promises.
class FormatError : public Error {
    using Error::Error;
};

/// Something that is needed is not there: a file, an array, a result, ratings.
class MissingError : public Error {
    using Error::Error;
};

/// A parameter or argument is outside its domain.
class ParameterError : public Error {
    using Error::Error;
};

/// Values cannot be computed with: non-finite, all-zero, too few.
class DataError : public Error {
    using Error::Error;
};

/// The disk, database or file system refused: full, read-only, locked, damaged.
class StorageError : public Error {
    using Error::Error;
};

/// The user stopped the work. Not an Error: nothing failed.
class Cancelled : public std::exception {
public:
    [[nodiscard]] const char* what() const noexcept override { return "cancelled"; }
};

} // namespace tercet
