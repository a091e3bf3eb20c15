"""Reports about mail: bounces in every form, delays, complaints, auto-replies."""
