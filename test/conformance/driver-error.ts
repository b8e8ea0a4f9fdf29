/** The scenario could not be performed or observed: it asks for something impossible, or the library never came to rest. */
export class DriverError extends Error {
  override readonly name = "DriverError";
}
