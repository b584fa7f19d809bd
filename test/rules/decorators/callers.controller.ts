import { Body, Controller, Get, Post, type PipeTransform } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsDate, IsString } from 'class-validator';
import {
  CurrentApiKey,
  CurrentOrg,
  CurrentUser,
  OptionalUser,
  OrgMemberInfo,
  RequireApiKey,
  RequireOrgMember,
  RequireUser,
  User,
} from 'nestjs-propelauth';
import type { User as TypeOfUser } from 'nestjs-propelauth';

// Classes of the application, which pipes could make instances of.

class ScriptKey {
  metadata?: unknown;
}

class Profile {
  favorite?: string;
}

class Note {
  @IsString()
  text!: string;

  @IsDate()
  @Type(() => Date)
  due!: Date;
}

class ShoutPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    return value.toUpperCase();
  }
}

/** Each handler returns what it was given. */
class Callers {
  @Get('inherited')
  @RequireUser()
  inherited(@CurrentUser() user: User): unknown {
    return user;
  }

  @Get('overridden')
  @RequireUser()
  overridden(@CurrentUser() user: User): unknown {
    return user;
  }

  @Post('replaced-parameter')
  @RequireUser()
  replacedParameter(@CurrentUser() user: User | Note): unknown {
    return user;
  }
}

@Controller()
export class CallersController extends Callers {
  @Get('user')
  @RequireUser()
  user(@CurrentUser() user: User): unknown {
    return user;
  }

  @Get('type-of-user')
  @RequireUser()
  typeOfUser(@CurrentUser() user: TypeOfUser): unknown {
    return user;
  }

  @Get('optional-user')
  @OptionalUser()
  optionalUser(@CurrentUser() user: User): unknown {
    return user;
  }

  @Get('property')
  @RequireUser()
  property(@CurrentUser('properties') profile: Profile): unknown {
    return profile;
  }

  @Get('piped-property')
  @RequireUser()
  pipedProperty(@CurrentUser('email', ShoutPipe) email: string): unknown {
    return email;
  }

  @Get('orgs/:orgId')
  @RequireOrgMember()
  org(@CurrentOrg() org: OrgMemberInfo): unknown {
    return org;
  }

  @Get('orgs/:orgId/metadata')
  @RequireOrgMember()
  orgMetadata(@CurrentOrg('orgMetadata') metadata: Profile): unknown {
    return metadata;
  }

  @Get('orgs/:orgId/piped-name')
  @RequireOrgMember()
  pipedOrgName(@CurrentOrg('orgName', ShoutPipe) name: string): unknown {
    return name;
  }

  @Get('api-key')
  @RequireApiKey()
  apiKey(@CurrentApiKey() apiKey: ScriptKey): unknown {
    return apiKey;
  }

  /** With the parameters of the method that it overrides, and types of its own. */
  @Get('overridden')
  override overridden(user: User): unknown {
    return user;
  }

  @Post('replaced-parameter')
  override replacedParameter(@Body() note: Note): unknown {
    return describeNote(note);
  }

  @Post('notes')
  @RequireUser()
  create(
    @CurrentUser() user: User,
    @Body() note: Note,
    @CurrentUser('email') email: string,
  ): unknown {
    return [user, email, describeNote(note)];
  }
}

function describeNote(note: Note) {
  return {
    isNote: note instanceof Note,
    isDate: note.due instanceof Date,
    keys: Object.keys(note),
  };
}
