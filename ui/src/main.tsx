import "./styles/index.css";
import { createRoot } from "react-dom/client";
import { createApp } from "./app/App";
import { loadPlatform } from "./platform";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root.");
await loadPlatform();
createRoot(root).render(createApp());
