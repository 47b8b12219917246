import "../styles/index.css";
import { afterEach } from "vitest";

afterEach(() => {
  localStorage.clear();
});
