#include "core/base/outcome.h"

#include "core/base/error.h"

#include <new>

namespace tercet {

Outcome currentExceptionOutcome() {
    try {
        throw;
    } catch (const Cancelled&) {
        return Stopped{};
    } catch (const std::bad_alloc&) {
        return Failed{
            "This machine has not enough free memory for the job; close other programs or choose fewer stimuli."};
    } catch (const std::exception& error) {
        return Failed{error.what()};
    } catch (...) {
        return Failed{"An unknown error ended the job; please report it with the job's log."};
    }
}

} // namespace tercet
