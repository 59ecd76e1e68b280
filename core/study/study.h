#pragma once

#include "core/base/matrix.h"
#include "core/io/array_file.h"
#include "core/io/terms.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tercet {

/// One clip, image or word that was judged. Its row in every array is its place in Study::stimuli(), for good.
struct Stimulus {
    std::string id;   ///< unique in the study, from the imported file
    std::string name; ///< what people read
    friend bool operator==(const Stimulus&, const Stimulus&) = default;
};

/// Where a system's judgments come from.
enum class SystemSource {
    Categories, ///< simulated from the rated categories (T3)
    Dimensions, ///< simulated from the rated dimensions (T3)
    Judgments,  ///< imported
    Embedding,  ///< none: an embedding made elsewhere was imported
    // No judgments: models of the brain that take the ratings as they are (SPEC B8, D7).
    CategoryRatings,
    DimensionRatings,
    AllRatings, ///< human-concat
};
/// Whether a system is a table of ratings, without judgments or an embedding.
[[nodiscard]] constexpr bool isRatingTable(SystemSource source) noexcept {
    return source >= SystemSource::CategoryRatings;
}
[[nodiscard]] std::string toString(SystemSource source);
/// Throws FormatError for an unknown word.
[[nodiscard]] SystemSource systemSourceFrom(const std::string& word);

/// One source of judgments.
struct System {
    std::string name;  ///< unique in the study; letters, digits and hyphens
    std::string title; ///< what people read
    SystemSource source = SystemSource::Judgments;
    double parameterCount = 0; ///< of the model that judged; 0 for people, or where nobody said
    friend bool operator==(const System&, const System&) = default;
};

/// Models as the brain is compared with them: systems with judgments or an embedding, then rating tables.
[[nodiscard]] std::vector<System> modelsInOrder(std::vector<System> systems);

/// One scanned person.
struct Subject {
    std::string name;  ///< unique in the study; letters, digits and hyphens
    std::string title; ///< what people read
    friend bool operator==(const Subject&, const Subject&) = default;
};

/// The study's rating table.
struct Ratings {
    std::vector<Term> terms; ///< one per column
    Matrix<double> values;   ///< stimuli × terms; categories 0–1, dimensions 1–9
    [[nodiscard]] std::vector<std::size_t> columns(TermKind kind) const;
    /// The columns of one kind, stimuli × count.
    [[nodiscard]] Matrix<double> part(TermKind kind) const;
};

/// A finished computation. Its arrays are in arrays/<key>.h5.
struct ResultRecord {
    std::string key;
    std::string step;
    int stepVersion = 1;
    std::string system;                            ///< empty for results of all systems
    std::string subject;                           ///< empty for results of all subjects
    std::map<std::string, std::string> parameters; ///< as text, every one
    std::map<std::string, std::string> inputs;     ///< input name → key
    std::string program;                           ///< version of Tercet that made it
    std::string createdAt;                         ///< UTC, ISO 8601
    double seconds = 0;
    int threads = 0;
};

/// A file that was imported.
struct ImportRecord {
    std::string key; ///< of the arrays it became
    std::string kind;
    std::string owner; ///< name of the system; of the subject for scans and surfaces; empty: the whole study
    std::string path;  ///< where it was; empty for what was generated, which `notes` then say
    std::uint64_t bytes = 0;
    std::string importedAt; ///< UTC, ISO 8601
    std::vector<std::string> notes;
};

/// What an integrity check found.
struct CheckFinding {
    bool good = true;
    std::string text; ///< one sentence
};

/// One study folder (DESIGN, "A study on disk"): name.tercet/{study.sqlite, arrays/, cache/}. The only writer of it.
/// Every change is durable when its call returns. All members may be called from any thread; those that write throw
/// StorageError when the study is read-only or the disk refuses.
class Study {
public:
    static constexpr int kFormatVersion = 2;

    /// Makes the folder and an empty study in it. Throws StorageError if `folder` exists or cannot be made.
    [[nodiscard]] static std::shared_ptr<Study> create(const std::filesystem::path& folder, const std::string& title);
    /// Opens for writing where possible; else read-only, with readOnlyReason(). A study of an older format is brought
    /// to this one if it may be written. Throws MissingError if there is no
    /// study, StorageError if it is damaged or was made by a newer format.
    [[nodiscard]] static std::shared_ptr<Study> open(const std::filesystem::path& folder);

    ~Study();
    Study(const Study&) = delete;
    Study& operator=(const Study&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return m_folder; }
    [[nodiscard]] std::string id() const;    ///< 32 hexadecimal digits, for good
    [[nodiscard]] std::string title() const; ///< what people read
    /// Empty when the study may be written; else one sentence why not.
    [[nodiscard]] const std::string& readOnlyReason() const noexcept { return m_readOnlyReason; }

    [[nodiscard]] std::shared_ptr<const std::vector<Stimulus>> stimuli() const;
    [[nodiscard]] std::vector<System> systems() const;
    /// Throws MissingError naming the systems there are.
    [[nodiscard]] System system(const std::string& name) const;
    [[nodiscard]] std::vector<Subject> subjects() const; ///< in the order in which they came
    /// Throws MissingError naming the subjects there are.
    [[nodiscard]] Subject subject(const std::string& name) const;
    /// Null before ratings were imported.
    [[nodiscard]] std::shared_ptr<const Ratings> ratings() const;

    /// The key of what was imported for `owner` as `kind`; nothing if there is none. Of a system: "judgments",
    /// "validation", "repeats", "embedding"; of a subject: "fmri"; of a subject, or of all (then empty): "surface",
    /// "parcels" (of a surface), "volume-parcels"; of the study: "ratings", "regions".
    [[nodiscard]] std::optional<std::string> imported(const std::string& owner, const std::string& kind) const;
    [[nodiscard]] std::vector<ImportRecord> imports() const;

    /// What one import adds or replaces.
    struct Import {
        std::string kind;
        std::string owner;                ///< as in imported()
        std::vector<System> systems;      ///< added; those that are there already stay as they are
        std::vector<Subject> subjects;    ///< the same
        std::vector<Stimulus> newStimuli; ///< appended
        ArrayBundle arrays;               ///< becomes arrays/<key>.h5
        std::filesystem::path source;     ///< the imported file; empty for what was generated, then `notes` say how
        std::vector<std::string> notes;
        bool replaces = false; ///< records of earlier imports of this kind and owner go
    };
    /// Adds an import in one transaction and returns its key; nothing is kept if it throws.
    std::string add(Import import);
    /// Takes the records of all imports of a kind and owner away, as if there had been none.
    void forgetImports(const std::string& owner, const std::string& kind);
    /// Adds a system without an import, or replaces what is known of the one of that name.
    void setSystem(const System& system);

    /// The arrays of a key; loaded once and shared. Throws MissingError if the file is gone, DamagedFileError if it is
    /// damaged, both saying what to run or import again, StorageError if it cannot be read, and Cancelled.
    [[nodiscard]] std::shared_ptr<const ArrayBundle> arrays(const std::string& key,
                                                            const JobControl& control = JobControl()) const;
    /// The attributes of a key's arrays, without reading the arrays. Throws as arrays().
    [[nodiscard]] std::map<std::string, std::string> attributes(const std::string& key) const;
    /// Whether the file of a key is there and as it was written. Reads all of it.
    [[nodiscard]] bool isSound(const std::string& key, const JobControl& control = JobControl()) const;
    /// Writes the arrays, then the record of a result. The same key again replaces it. Nothing is kept if it throws;
    /// Cancelled too.
    void store(const ResultRecord& record, ArrayBundle bundle, const JobControl& control = JobControl());
    /// A stored result whose arrays are there; nothing otherwise.
    [[nodiscard]] std::optional<ResultRecord> result(const std::string& key) const;
    /// The newest result of a step for a system and subject, whatever its parameters and inputs.
    [[nodiscard]] std::optional<ResultRecord> newestResult(const std::string& step, const std::string& system,
                                                           const std::string& subject) const;
    [[nodiscard]] std::vector<ResultRecord> results() const; ///< oldest first

    /// Where a running step may keep what does not fit into memory.
    [[nodiscard]] std::filesystem::path scratchFolder() const { return m_folder / "arrays"; }
    /// Where a running step may keep its checkpoint: arrays/<key>.checkpoint.h5.
    [[nodiscard]] std::filesystem::path checkpointPath(const std::string& key) const;

    /// Small values by name: parameters of forms, names given by hand, the window's state.
    [[nodiscard]] std::optional<std::string> setting(const std::string& name) const;
    void setSetting(const std::string& name, const std::optional<std::string>& value);
    /// All settings whose name begins with `prefix`.
    [[nodiscard]] std::map<std::string, std::string> settings(const std::string& prefix) const;

    /// Reads the database and every array file and compares checksums.
    [[nodiscard]] std::vector<CheckFinding> check() const;

    /// Counts up with every change, so that views know when to look again.
    [[nodiscard]] std::uint64_t revision() const noexcept;

private:
    struct State;
    Study(std::filesystem::path folder, std::unique_ptr<State> state, std::string readOnlyReason);
    void requireWritable() const;
    [[nodiscard]] std::filesystem::path arrayPath(const std::string& key) const;
    /// "run map of people again", "import ratings.csv again".
    [[nodiscard]] std::string remedyFor(const std::string& key) const;

    std::filesystem::path m_folder;
    std::string m_readOnlyReason;
    std::unique_ptr<State> m_state;
};

} // namespace tercet
