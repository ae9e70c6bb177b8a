package com.pygmy.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonParser.NumberType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.pygmy.config.Kind.Misfit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Takes a conf file's JSON apart into {@link Settings}; knows which keys exist, not their rules.
 */
final class ConfText {

  private final Settings settings;
  private final JsonParser json;

  private ConfText(Settings settings, JsonParser json) {
    this.settings = settings;
    this.json = json;
  }

  /**
   * Puts every known key into the settings, raw, and reports the unknown ones.
   *
   * @return whether the text is JSON; otherwise that is the only error worth telling
   */
  static boolean read(String file, byte[] text, Settings settings) throws IOException {
    try (JsonParser json = new JsonFactory().createParser(text)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        settings.error(file, "must hold one JSON object");
        return false;
      }
      new ConfText(settings, json).object("");
      if (json.nextToken() != null) {
        settings.error(file, at(json.currentTokenLocation()) + "nothing may follow the object");
        return false;
      }
      return true;
    } catch (JsonProcessingException broken) {
      settings.error(
          file, at(broken.getLocation()) + broken.getOriginalMessage().replaceAll("\\s+", " "));
      return false;
    }
  }

  private static String at(JsonLocation place) {
    return place == null
        ? ""
        : "line " + place.getLineNr() + ", column " + place.getColumnNr() + ": ";
  }

  private void object(String path) throws IOException {
    Set<String> seen = new HashSet<>();
    Set<String> known = ConfKey.namesWithin(path);
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      String inner = path.isEmpty() ? name : path + "." + name;
      json.nextToken();
      if (!known.contains(name)) {
        settings.error(inner, "unknown key" + Spelling.hint(name, known));
        json.skipChildren();
      } else if (!seen.add(name)) {
        settings.error(inner, "is given twice");
        json.skipChildren();
      } else if (inner.equals("nodes")) {
        nodes();
      } else if (ConfKey.at(inner).isPresent()) {
        settings.put(inner, value());
      } else {
        objectOrError(inner);
      }
    }
  }

  private void nodes() throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      settings.error("nodes", "must be a list of objects");
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      objectOrError(settings.addNode());
    }
  }

  private void objectOrError(String path) throws IOException {
    if (json.currentToken() == JsonToken.START_OBJECT) {
      object(path);
    } else {
      settings.error(path, "must be an object");
      json.skipChildren();
    }
  }

  private Object value() throws IOException {
    return switch (json.currentToken()) {
      case VALUE_STRING -> json.getText();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NUMBER_INT ->
          json.getNumberType() == NumberType.BIG_INTEGER
              ? new Misfit(json.getText())
              : (Object) json.getLongValue();
      case START_ARRAY -> list();
      case START_OBJECT -> {
        json.skipChildren();
        yield new Misfit("an object");
      }
      default -> new Misfit(json.getText());
    };
  }

  private List<Object> list() throws IOException {
    List<Object> items = new ArrayList<>();
    while (json.nextToken() != JsonToken.END_ARRAY) {
      items.add(value());
    }
    return items;
  }
}
