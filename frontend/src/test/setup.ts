import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// A failing query prints the whole document otherwise; and a busy machine may take its time.
configure({ getElementError: (message) => new Error(message ?? "no such element"), asyncUtilTimeout: 8_000 });

afterEach(() => {
  cleanup();
  localStorage.clear();
  sessionStorage.clear();
});
