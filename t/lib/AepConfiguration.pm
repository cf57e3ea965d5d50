package AepConfiguration;

# What `nginx -t` says of a configuration.
#
#     use AepConfiguration;
#     accepts({ server => 'aep_datastream_id ebebf826-a01f-4458-8cec-ef61de241c93;' }, 'a datastream ID');
#     refuses({ server => 'aep_datastream_id abc;' }, 'invalid value "abc"', 'a word for a datastream ID');
#
# `main`, `http`, `server` and `location` are lines for these blocks; `website` is lines for a server block that has a
# datastream ID and the module's locations; `modules` are lines in place of the one that loads ours. Each check leaves
# what nginx said in $AepConfiguration::said.

use strict;
use warnings;

use Cwd ();
use Exporter qw(import);
use File::Basename ();
use File::Temp ();
use Test::More ();

our @EXPORT = qw(accepts refuses);
our $said;

our $organization_id = '0123456789ABCDEF01234567@AdobeOrg';
our $datastream_id   = 'ebebf826-a01f-4458-8cec-ef61de241c93';

my $top   = Cwd::abs_path(File::Basename::dirname(__FILE__) . '/../..');
my $build = Cwd::abs_path($ENV{AEP_BUILD} || "$top/build");
$ENV{PATH} .= ':/usr/local/sbin:/usr/sbin';

my $directory = File::Temp->newdir('aep-XXXXXX', TMPDIR => 1);

# Where the modules are.
sub build { return $build }

# Where files are that a configuration names by a relative path.
sub directory { return "$directory" }

sub write_file {
    my ($name, $text) = @_;
    open my $out, '>', "$directory/$name" or die "$name: $!";
    print $out $text;
    close $out or die "$name: $!";
    return;
}

# Nothing is wrong. With patterns: each matches what is said.
sub accepts {
    my ($lines, @rest) = @_;
    my $name = pop @rest;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $good = _check($lines);
    Test::More::ok($good, $name) or return Test::More::diag($said);
    return Test::More::unlike($said, qr/\[(?:warn|error|alert)\]/, "$name - without a warning") unless @rest;
    _is_said($_, $name) for @rest;
    return;
}

# nginx does not start, and says why.
sub refuses {
    my ($lines, @rest) = @_;
    my $name = pop @rest;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    Test::More::ok(!_check($lines), $name) or return;
    Test::More::unlike($said, qr/exited on signal|Sanitizer|runtime error:/, "$name - without a fault");
    _is_said($_, $name) for @rest;
    return;
}

sub _is_said {
    my ($expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 2;
    Test::More::like($said, ref $expected ? $expected : qr/\Q$expected\E/, "$name - $expected");
    return;
}

sub _check {
    my $lines = shift;
    write_file('nginx.conf', _configuration(%$lines));
    local $ENV{LD_PRELOAD} = $ENV{TEST_NGINX_LD_PRELOAD} // '';
    my $nginx = $ENV{TEST_NGINX_BINARY} || 'nginx';
    $said = `$nginx -t -e stderr -p $directory -c $directory/nginx.conf 2>&1`;
    return $? == 0;
}

sub _configuration {
    my %lines = (main => '', server => '', location => '', website => '', @_);
    $lines{http} //= '';
    my $modules = $lines{modules} // "load_module  $build/ngx_http_aep_module.so;";
    my $organization = $lines{http} =~ /aep_organization_id/ ? '' : "aep_organization_id  $organization_id;";
    $organization = '' if $lines{no_organization};
    # A directory that is chosen is no reason for a warning, wherever it is.
    my $queue = $lines{http} =~ /\baep_queue\b/ ? '' : "aep_queue  $directory/aep-queue;";
    my $datastream = $lines{website} =~ /^\s*aep_datastream_id/m ? '' : "aep_datastream_id  $datastream_id;";
    my $website = !length $lines{website} ? '' : <<"WEBSITE";
    server {
        listen  unix:$directory/website.sock;
        server_name  shop.example;
        $datastream
        include $top/conf.d/aep_website.inc;
        $lines{website}
    }
WEBSITE
    return <<"CONFIGURATION";
$modules
pid  $directory/nginx.pid;
error_log  stderr  info;
$lines{main}
events { }
http {
    access_log             off;
    client_body_temp_path  $directory/body;
    $queue
    proxy_temp_path        $directory/proxy;
    fastcgi_temp_path      $directory/fastcgi;
    uwsgi_temp_path        $directory/uwsgi;
    scgi_temp_path         $directory/scgi;
    $organization
    $lines{http}
    server {
        listen  unix:$directory/server.sock;
        server_name  server.example;
        $lines{server}
        location / {
            $lines{location}
        }
    }
$website
}
CONFIGURATION
}

1;
